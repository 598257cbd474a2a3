import { anything } from '../case/pattern.ts';
import { done, get, json, post, refused } from '../case/steps.ts';
import { service } from '../cases/setup.ts';
import { bodyFields, queryFields, segmentField, textOf } from './field-places.ts';
import type { TextRule } from './field-rule.ts';
import * as formats from './formats.ts';
import { requiredSchemaId, requiredServiceId, tagText } from './identifiers.ts';
import type { RequestKind } from './request-kind.ts';

const tagsOf = (size: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, 'v']));

const putTags: RequestKind = {
  route: 'put-tags',
  setup: [service('s'), post('R/microservices/${s}/tags', { tags: { kept: 'v' } }, done)],
  accepted: done,
  untouched: [get('R/microservices/${s}/tags', json({ tags: { kept: 'v' } }))],
  fields: [
    ...bodyFields(
      { method: 'POST', path: 'R/microservices/${s}/tags' },
      {},
      {
        tags: {
          kind: 'count',
          min: 0,
          max: 100,
          fill: tagsOf,
          wrongTypes: [[], 'text', 1, { k: 1 }, { k: true }, { k: {} }],
        },
      },
    ),
    ...bodyFields(
      { method: 'POST', path: 'R/microservices/${s}/tags' },
      { tags: {} },
      { 'tags.k': { rule: tagText, skips: ['left out'] } },
    ),
    {
      name: 'key of a tag',
      place: 'name',
      rule: tagText,
      request: (value) => ({
        method: 'POST',
        path: 'R/microservices/${s}/tags',
        body: { kind: 'json', value: { tags: { [textOf(value)]: 'v' } } },
      }),
    },
  ],
};

const updateTag: RequestKind = {
  route: 'update-tag',
  setup: [service('s'), post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done)],
  accepted: done,
  untouched: [get('R/microservices/${s}/tags', json({ tags: { k: 'v' } }))],
  fields: [
    segmentField(
      { method: 'PUT', path: 'R/microservices/${s}/tags/:key?value=v' },
      'key',
      tagText,
      refused(400018),
    ),
    ...queryFields({ method: 'PUT', path: 'R/microservices/${s}/tags/k' }, {}, { value: tagText }),
  ],
};

const keyList = (size: number): string =>
  Array.from({ length: size }, (_, index) => `k${index}`).join(',');

const deleteTags: RequestKind = {
  route: 'delete-tags',
  setup: [service('s'), post('R/microservices/${s}/tags', { tags: { k: 'v' } }, done)],
  accepted: refused(400018),
  untouched: [get('R/microservices/${s}/tags', json({ tags: { k: 'v' } }))],
  fields: [
    segmentField({ method: 'DELETE', path: 'R/microservices/${s}/tags/:key' }, 'key', tagText),
    segmentField({ method: 'DELETE', path: 'R/microservices/${s}/tags/:keys' }, 'keys', {
      kind: 'text',
      format: {
        accepts: ['a,b', keyList(100)],
        refuses: ['a,', ',a', 'a,,b', 'a,1', 'a, b', keyList(101)],
      },
    }),
  ],
};

const ruleFields = (prefix: string): Readonly<Record<string, TextRule>> => ({
  [`${prefix}ruleType`]: { kind: 'text', format: formats.ruleType, min: 1 },
  [`${prefix}attribute`]: { kind: 'text', format: formats.ruleAttribute, min: 1 },
  [`${prefix}pattern`]: { kind: 'text', format: formats.anyText, min: 1, max: 64 },
  [`${prefix}description`]: { kind: 'text', format: formats.anyText, max: 256 },
});

const rule = { ruleType: 'WHITE', attribute: 'tag_a', pattern: 'a', description: 'd' };

const addition = { method: 'POST', path: 'R/microservices/${s}/rules' };

const addRules: RequestKind = {
  route: 'add-rules',
  setup: [service('s')],
  accepted: json({ RuleIds: anything }),
  untouched: [get('R/microservices/${s}/rules', json({}))],
  fields: [
    ...bodyFields(addition, { rules: [rule] }, ruleFields('rules.0.')),
    ...bodyFields(
      addition,
      {},
      {
        rules: {
          kind: 'count',
          min: 1,
          max: 100,
          fill: (size) =>
            Array.from({ length: size }, (_, index) => ({ ...rule, pattern: `p${index}` })),
          wrongTypes: [{}, 'text', 1, [1], ['text'], [{}]],
        },
      },
    ),
  ],
};

const updateRule: RequestKind = {
  route: 'update-rule',
  setup: [service('s')],
  accepted: refused(400022),
  fields: [
    ...bodyFields({ method: 'PUT', path: 'R/microservices/${s}/rules/none' }, rule, ruleFields('')),
    segmentField(
      {
        method: 'PUT',
        path: 'R/microservices/${s}/rules/:rule_id',
        body: { kind: 'json', value: rule },
      },
      'rule_id',
      requiredServiceId,
    ),
  ],
};

const deleteRules: RequestKind = {
  route: 'delete-rules',
  setup: [service('s')],
  accepted: refused(400022),
  fields: [
    segmentField({ method: 'DELETE', path: 'R/microservices/${s}/rules/:ids' }, 'ids', {
      kind: 'text',
      format: { accepts: [keyList(1), keyList(100)], refuses: [keyList(101)] },
    }),
  ],
};

const content: TextRule = { kind: 'text', format: formats.anyText, min: 1 };

const putSchema: RequestKind = {
  route: 'put-schema',
  setup: [service('s')],
  accepted: done,
  untouched: [get('R/microservices/${s}/schemas', json({}))],
  fields: [
    segmentField(
      {
        method: 'PUT',
        path: 'R/microservices/${s}/schemas/:schemaId',
        body: { kind: 'json', value: { schema: 'x' } },
      },
      'schemaId',
      requiredSchemaId,
    ),
    ...bodyFields(
      { method: 'PUT', path: 'R/microservices/${s}/schemas/a' },
      { schema: 'x', summary: 's' },
      {
        schema: content,
        summary: { kind: 'text', format: formats.schemaSummary, max: 128 },
      },
    ),
  ],
};

const replacement = { method: 'POST', path: 'R/microservices/${s}/schemas' };

const replaceSchemas: RequestKind = {
  route: 'replace-schemas',
  setup: [service('s')],
  accepted: done,
  untouched: [get('R/microservices/${s}/schemas', json({}))],
  fields: [
    ...bodyFields(
      replacement,
      { schemas: [{ schemaId: 'a', schema: 'x', summary: 's' }] },
      {
        'schemas.0.schemaId': requiredSchemaId,
        'schemas.0.schema': content,
        'schemas.0.summary': { kind: 'text', format: formats.schemaSummary, min: 1, max: 128 },
      },
    ),
    ...bodyFields(
      replacement,
      {},
      {
        schemas: {
          kind: 'count',
          min: 1,
          max: 100,
          fill: (size) =>
            Array.from({ length: size }, (_, index) => ({
              schemaId: `s${index}`,
              schema: 'x',
              summary: 's',
            })),
          wrongTypes: [{}, 'text', 1, [1], ['text'], [{}]],
        },
      },
    ),
  ],
};

const schemaReads: readonly RequestKind[] = (['GET', 'DELETE'] as const).map((method) => ({
  route: method === 'GET' ? 'get-schema' : 'delete-schema',
  setup: [service('s')],
  accepted: refused(400016),
  fields: [
    segmentField(
      { method, path: 'R/microservices/${s}/schemas/:schemaId' },
      'schemaId',
      requiredSchemaId,
    ),
  ],
}));

const listSchemas: RequestKind = {
  route: 'list-schemas',
  setup: [service('s')],
  accepted: json({}),
  fields: queryFields(
    { method: 'GET', path: 'R/microservices/${s}/schemas' },
    {},
    {
      withSchema: {
        kind: 'text',
        format: { accepts: ['0', '1', ' '], refuses: ['2', 'true', '01', '-1', 'x'] },
      },
    },
  ),
};

/** The validated requests about tags, rules and schemas (spec 01 §6). */
export const metadataRequests: readonly RequestKind[] = [
  putTags,
  updateTag,
  deleteTags,
  addRules,
  updateRule,
  deleteRules,
  putSchema,
  replaceSchemas,
  ...schemaReads,
  listSchemas,
];
