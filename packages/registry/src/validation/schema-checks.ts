import { ServiceCenterError, type Schema } from '@service-center/sdcommon';

import { check, type Checklist } from './checklist.ts';
import { patterns } from './pattern.ts';
import { rules, serviceIdCheck } from './shared-checks.ts';

/** Names a schema in a request. */
export interface SchemaAddress {
  readonly serviceId: string;
  readonly schemaId: string;
}

function addressChecks(request: string): Checklist<SchemaAddress> {
  return [
    serviceIdCheck(request),
    {
      field: `${request}.SchemaId`,
      rule: rules.schemaId,
      value: ({ schemaId }) => schemaId,
    },
  ];
}

/** The checks of reading a schema, and of asking whether there is one. */
export const getSchemaChecks: Checklist<SchemaAddress> = addressChecks('GetSchemaRequest');

/** The checks of deleting a schema. */
export const deleteSchemaChecks: Checklist<SchemaAddress> = addressChecks('DeleteSchemaRequest');

/** The checks of listing schemas. */
export const listSchemasChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('GetAllSchemaRequest'),
];

/** The checks of uploading one schema. */
export const putSchemaChecks: Checklist<SchemaAddress & Schema> = [
  ...addressChecks('ModifySchemaRequest'),
  { field: 'ModifySchemaRequest.Schema', rule: { min: 1 }, value: ({ schema }) => schema },
  {
    field: 'ModifySchemaRequest.Summary',
    rule: { max: 128, pattern: patterns.schemaSummary },
    value: ({ summary }) => summary,
  },
];

/** The checks of each schema of an upload of all. */
export const schemaChecks: Checklist<Schema> = [
  { field: 'Schema.SchemaId', rule: rules.schemaId, value: ({ schemaId }) => schemaId },
  {
    field: 'Schema.Summary',
    rule: { min: 1, max: 128, pattern: patterns.schemaSummary },
    value: ({ summary }) => summary,
  },
  { field: 'Schema.Schema', rule: { min: 1 }, value: ({ schema }) => schema },
];

/**
 * Checks an upload of all schemas of a service. Clients know its one detail, `Invalid request.` (spec 01 §4.6).
 *
 * @throws ServiceCenterError `invalidParameters`
 */
export function checkSchemas(serviceId: string, schemas: readonly Schema[], quota: number): void {
  try {
    check([serviceIdCheck('ModifySchemasRequest')], { serviceId });
    check(
      [
        {
          field: 'ModifySchemasRequest.Schemas',
          rule: { min: 1, max: quota },
          value: (list: readonly Schema[]) => list.map(({ schemaId }) => schemaId),
        },
      ],
      schemas,
    );
    for (const schema of schemas) check(schemaChecks, schema);
  } catch (cause) {
    throw new ServiceCenterError('invalidParameters', 'Invalid request.', { cause });
  }
}
