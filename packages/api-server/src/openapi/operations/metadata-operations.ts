import {
  addRulesChecks,
  deleteRulesChecks,
  deleteTagsChecks,
  putSchemaChecks,
  replaceTagsChecks,
  updateTagChecks,
  type Checklist,
} from '@service-center/registry/validation';

import type { ApiName } from '../../routing/route-table.ts';
import { schemaRef } from '../json-schema.ts';
import {
  emptyAnswer,
  freeQuery,
  jsonAnswer,
  query,
  readParameters,
  type HeaderSpec,
  type OperationSpec,
} from '../operation.ts';
import { mandatory, requestObject, ruleOf, text, textMap } from '../request-schema.ts';
import { listBounds } from '../rule-schema.ts';
import { answerObject, listAnswer, mapOf, textOf } from '../schemas/answer-schemas.ts';

type Operations<Api extends ApiName> = Readonly<Record<Api, OperationSpec>>;
type TagHandler = 'DeleteTags' | 'GetTags' | 'PutTags' | 'UpdateTag';
type SchemaHandler = 'DeleteSchema' | 'GetSchema' | 'ListSchema' | 'PutSchema' | 'PutSchemas';

/** How many of a kind a service may have. */
export interface MetadataQuotas {
  readonly tag: number;
  readonly schema: number;
}

const summaryHeader: HeaderSpec = {
  name: 'X-Schema-Summary',
  description: 'The digest that was uploaded with the contract; it may be empty.',
  schema: { type: 'string' },
};
function atMost<T>(checks: Checklist<T>, field: string): string {
  const { max } = ruleOf(checks, field);
  return `with commas between them${max === undefined ? '' : `; at most ${max}`}`;
}

const tagRule = ruleOf(updateTagChecks, 'UpdateServiceTagRequest.Key');

/** Tags of services (spec 01 §4.4). */
export function tagOperations(quotas: MetadataQuotas): Operations<TagHandler> {
  return {
    PutTags: {
      tag: 'Tags',
      summary: 'Replace the tags of a service',
      body: requestObject({
        tags: textMap(ruleOf(replaceTagsChecks(quotas.tag), 'AddServiceTagsRequest.Tags')),
      }),
      answer: emptyAnswer,
      errors: ['serviceNotExists'],
    },
    GetTags: {
      tag: 'Tags',
      summary: 'Get the tags of a service',
      parameters: readParameters,
      answer: jsonAnswer('The tags.', answerObject([], { tags: mapOf() })),
      errors: ['serviceNotExists'],
    },
    UpdateTag: {
      tag: 'Tags',
      summary: 'Change the value of a tag',
      pathParameters: { key: text(tagRule, { description: 'The key of the tag.' }).schema },
      parameters: [
        query('value', ruleOf(updateTagChecks, 'UpdateServiceTagRequest.Value'), 'Its new value.'),
      ],
      answer: emptyAnswer,
      errors: ['serviceNotExists', 'tagNotExists'],
    },
    DeleteTags: {
      tag: 'Tags',
      summary: 'Delete tags',
      description: 'All of them, or none when one does not exist.',
      pathParameters: {
        key: {
          type: 'string',
          minLength: 1,
          description: `The keys of the tags, ${atMost(deleteTagsChecks, 'DeleteServiceTagsRequest.Keys')}.`,
        },
      },
      answer: emptyAnswer,
      errors: ['serviceNotExists', 'tagNotExists'],
    },
  };
}

/** Black and white lists (spec 01 §4.5). */
export const ruleOperations = {
  AddRule: {
    tag: 'Rules',
    summary: 'Add rules to a service',
    description: 'A rule whose attribute and pattern are there already is skipped.',
    body: requestObject({
      rules: mandatory({
        type: 'array',
        items: schemaRef('RuleToAdd'),
        ...listBounds(ruleOf(addRulesChecks, 'AddServiceRulesRequest.Rules')),
      }),
    }),
    answer: jsonAnswer('The ids of the new rules.', listAnswer('RuleIds', textOf())),
    errors: ['notEnoughQuota', 'blackAndWhiteRule'],
  },
  GetRules: {
    tag: 'Rules',
    summary: 'List the rules of a service',
    parameters: readParameters,
    answer: jsonAnswer('The rules.', listAnswer('rules', schemaRef('ServiceRule'))),
    errors: ['serviceNotExists'],
  },
  UpdateRule: {
    tag: 'Rules',
    summary: 'Change a rule',
    body: schemaRef('RuleToAdd'),
    answer: emptyAnswer,
    errors: ['serviceNotExists', 'modifyRuleNotAllowed', 'ruleNotExists'],
  },
  DeleteRule: {
    tag: 'Rules',
    summary: 'Delete rules',
    pathParameters: {
      rule_id: {
        type: 'string',
        minLength: 1,
        description: `The ids of the rules, ${atMost(deleteRulesChecks, 'DeleteServiceRulesRequest.RuleIds')}.`,
      },
    },
    answer: emptyAnswer,
    errors: ['serviceNotExists', 'ruleNotExists'],
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

/** Contracts of services (spec 01 §4.6). */
export function schemaOperations(quotas: MetadataQuotas): Operations<SchemaHandler> {
  return {
    GetSchema: {
      tag: 'Schemas',
      summary: 'Get a contract',
      parameters: readParameters,
      answer: jsonAnswer('Its text.', answerObject([], { schema: textOf() }), [summaryHeader]),
      errors: ['serviceNotExists', 'schemaNotExists'],
    },
    ListSchema: {
      tag: 'Schemas',
      summary: 'List the contracts of a service',
      parameters: [
        freeQuery('withSchema', '`1`: with their texts.', {
          type: 'string',
          enum: ['0', '1', ''],
        }),
        ...readParameters,
      ],
      answer: jsonAnswer('The contracts.', listAnswer('schemas', schemaRef('Schema'))),
      errors: ['serviceNotExists'],
    },
    PutSchema: {
      tag: 'Schemas',
      summary: 'Upload a contract',
      description: 'In the v4 form the configuration can forbid this (403001).',
      body: requestObject({
        schema: text(ruleOf(putSchemaChecks, 'ModifySchemaRequest.Schema')),
        summary: text(ruleOf(putSchemaChecks, 'ModifySchemaRequest.Summary')),
      }),
      answer: emptyAnswer,
      errors: [
        'serviceNotExists',
        'notEnoughQuota',
        'undefinedSchemaId',
        'modifySchemaNotAllowed',
        'forbidden',
      ],
    },
    PutSchemas: {
      tag: 'Schemas',
      summary: 'Replace all contracts of a service',
      body: requestObject({
        schemas: mandatory({
          type: 'array',
          items: schemaRef('SchemaToUpload'),
          ...listBounds({ min: 1, max: quotas.schema }),
        }),
      }),
      answer: emptyAnswer,
      errors: ['serviceNotExists', 'undefinedSchemaId', 'modifySchemaNotAllowed'],
    },
    DeleteSchema: {
      tag: 'Schemas',
      summary: 'Delete a contract',
      answer: emptyAnswer,
      errors: ['serviceNotExists', 'schemaNotExists', 'modifySchemaNotAllowed'],
    },
  };
}
