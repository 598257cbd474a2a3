import { ServiceCenterError, type MicroService, type Schema } from '@service-center/sdcommon';

/**
 * The freeze of 1.x for schemas of services in production (spec 04 §3.5, spec 00, decision 19).
 *
 * @param stored - the schemas that have content, without their texts
 */
export interface FrozenSchemas {
  readonly service: MicroService;
  readonly stored: readonly Schema[];
}

/** Whether the freeze covers a service: it does in production and in the empty environment. */
export function isFrozen(service: MicroService): boolean {
  return service.environment === '' || service.environment === 'production';
}

/**
 * Refuses the upload of one schema that the freeze forbids.
 *
 * @throws ServiceCenterError `undefinedSchemaId` for an id the service does not name, `modifySchemaNotAllowed` for
 *   content that is there already, unless the upload only adds its summary
 */
export function assertPutAllowed(frozen: FrozenSchemas, schema: Schema): void {
  assertDefined(frozen.service, schema.schemaId);
  const present = frozen.stored.find(({ schemaId }) => schemaId === schema.schemaId);
  if (present === undefined) return;
  if (schema.summary === '' || present.summary !== '') {
    throw new ServiceCenterError(
      'modifySchemaNotAllowed',
      `schema '${schema.schemaId}' has content already, which is frozen in this environment`,
    );
  }
}

/**
 * Picks from an upload of all schemas what the freeze lets through: schemas without content yet, and missing summaries.
 *
 * @throws ServiceCenterError `undefinedSchemaId` for an id the service does not name
 */
export function selectAllowed(
  frozen: FrozenSchemas,
  schemas: readonly Schema[],
): readonly Schema[] {
  for (const { schemaId } of schemas) assertDefined(frozen.service, schemaId);
  const summarized = new Set(
    frozen.stored.filter(({ summary }) => summary !== '').map(({ schemaId }) => schemaId),
  );
  return schemas.filter(({ schemaId }) => !summarized.has(schemaId));
}

function assertDefined(service: MicroService, schemaId: string): void {
  if (service.schemas.length === 0 || service.schemas.includes(schemaId)) return;
  throw new ServiceCenterError(
    'undefinedSchemaId',
    "Non-existent schemaID can't be added request production",
  );
}
