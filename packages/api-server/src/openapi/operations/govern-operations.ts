import type { DumpMember } from '@service-center/registry';
import { getAppsChecks } from '@service-center/registry/validation';

import { schemaRef, type JsonSchema } from '../json-schema.ts';
import {
  emptyAnswer,
  freeQuery,
  jsonAnswer,
  query,
  readParameters,
  switchQuery,
  type OperationSpec,
} from '../operation.ts';
import { ruleOf } from '../request-schema.ts';
import {
  answerObject,
  listAnswer,
  listOf,
  numberOf,
  textOf,
  wordOf,
} from '../schemas/answer-schemas.ts';
import { serverInfoMembers } from './server-operations.ts';

const withShared = switchQuery('withShared', 'Count shared services too.');

/** The views of consoles (spec 01 §4.10). */
export const governOperations = {
  GetServiceDetail: {
    tag: 'Governance',
    summary: 'Get a service with everything about it',
    parameters: readParameters,
    answer: jsonAnswer(
      'The service.',
      answerObject(['service'], { service: schemaRef('ServiceDetail') }),
    ),
    errors: ['serviceNotExists'],
  },
  GetAllServicesInfo: {
    tag: 'Governance',
    summary: 'List services with what is asked for about them',
    description:
      'Instances show only those properties that the configuration gives every instance, and services no ids of contracts.',
    parameters: [
      freeQuery(
        'options',
        'What to show, with commas between: `tags`, `rules`, `instances`, `schemas`, `dependencies`, `statistics`, or `all`. `statistics` alone shows no services.',
      ),
      freeQuery('appId', 'Only services of this application.'),
      freeQuery('serviceName', 'Only services of this name.'),
      freeQuery('env', 'Only services of this environment.'),
      freeQuery('property', 'Only services with this property: `key:value`. Repeatable.', {
        type: 'array',
        items: { type: 'string' },
      }),
      withShared,
      freeQuery('countOnly', '`1`: count instances in place of showing them.', {
        type: 'string',
        enum: ['0', '1', ''],
      }),
      ...readParameters,
    ],
    answer: jsonAnswer(
      'The services.',
      answerObject([], {
        allServicesDetail: listOf(schemaRef('ServiceDetail')),
        statistics: schemaRef('Statistics'),
      }),
    ),
  },
  GetGraph: {
    tag: 'Governance',
    summary: 'Get the graph of who depends on whom',
    parameters: [withShared, ...readParameters],
    answer: jsonAnswer(
      'The graph; lists without elements are null.',
      answerObject(['nodes', 'lines', 'circles'], {
        nodes: { oneOf: [listOf(schemaRef('RelationNode')), { type: 'null' }] },
        lines: { oneOf: [listOf(schemaRef('RelationLine')), { type: 'null' }] },
        circles: { type: 'null' },
      }),
    ),
  },
  GetAllApplications: {
    tag: 'Governance',
    summary: 'List the applications of an environment',
    parameters: [
      query(
        'env',
        ruleOf(getAppsChecks, 'GetAppsRequest.Environment'),
        'The environment; the empty one is one of its own.',
      ),
      withShared,
      ...readParameters,
    ],
    answer: jsonAnswer('The applications.', listAnswer('appIds', textOf())),
  },
  GetStatistics: {
    tag: 'Governance',
    summary: 'Count what the tenant has registered',
    parameters: readParameters,
    answer: jsonAnswer(
      'The counts.',
      answerObject(['statistics'], { statistics: schemaRef('Statistics') }),
    ),
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

const dumpedRecords: JsonSchema = listOf(schemaRef('DumpRecord'));
const dumpedCache = {
  services: dumpedRecords,
  serviceIndexes: dumpedRecords,
  serviceAliases: dumpedRecords,
  serviceTags: dumpedRecords,
  serviceRules: dumpedRecords,
  serviceRuleIndexes: dumpedRecords,
  dependencyRules: dumpedRecords,
  summaries: dumpedRecords,
  instances: dumpedRecords,
} as const satisfies Readonly<Record<DumpMember['name'], JsonSchema>>;
const infoObject: JsonSchema = answerObject(Object.keys(serverInfoMembers), serverInfoMembers);

/** The routes of operators (spec 01 §4.11). */
export const adminOperations = {
  Dump: {
    tag: 'Administration',
    summary: 'Show what the server has in memory',
    description: 'Of all tenants, so only for the tenant `default/default`.',
    parameters: [
      freeQuery(
        'options',
        'What to show, with commas between: `cache` (the default), `info`, or `all`.',
      ),
    ],
    answer: jsonAnswer(
      'The records, by kind.',
      answerObject([], {
        info: infoObject,
        cache: answerObject([], dumpedCache),
      }),
    ),
    errors: ['forbidden'],
  },
  Clusters: {
    tag: 'Administration',
    summary: 'List the clusters of the store',
    answer: jsonAnswer(
      'The addresses of each cluster.',
      answerObject(['clusters'], {
        clusters: {
          type: 'object',
          additionalProperties: { type: 'array', items: { type: 'string' } },
        },
      }),
    ),
  },
  AlarmList: {
    tag: 'Administration',
    summary: 'List the alarms of this server',
    answer: jsonAnswer('The alarms.', listAnswer('alarms', schemaRef('Alarm'))),
  },
  ClearAlarm: {
    tag: 'Administration',
    summary: 'Forget all alarms',
    answer: emptyAnswer,
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

const nodeMembers = ['id', 'name', 'appId', 'version', 'type', 'color', 'position'] as const;

/** The types of these answers (spec 01 §2.3), as components of the document. */
export const governSchemas = {
  ServiceDetail: answerObject(['microService'], {
    microService: schemaRef('MicroService'),
    instances: listOf(schemaRef('MicroServiceInstance')),
    schemaInfos: listOf(schemaRef('Schema')),
    rules: listOf(schemaRef('ServiceRule')),
    providers: listOf(schemaRef('MicroService')),
    consumers: listOf(schemaRef('MicroService')),
    tags: { type: 'object', additionalProperties: { type: 'string' }, minProperties: 1 },
    microServiceVersions: listOf(textOf()),
    statics: answerObject([], { instances: answerObject([], { count: numberOf('int64') }) }),
  }),
  Statistics: answerObject(
    ['services', 'instances', 'apps'],
    {
      services: answerObject([], { count: numberOf('int64'), onlineCount: numberOf('int64') }),
      instances: answerObject([], { count: numberOf('int64'), countByDomain: numberOf('int64') }),
      apps: answerObject([], { count: numberOf('int64') }),
    },
    'Counts; a zero is left out.',
  ),
  RelationNode: answerObject(
    nodeMembers,
    Object.fromEntries(nodeMembers.map((name) => [name, textOf()])),
  ),
  RelationLine: answerObject(['from', 'to', 'type', 'color', 'descriptor'], {
    from: schemaRef('RelationNode'),
    to: schemaRef('RelationNode'),
    type: textOf(),
    color: textOf(),
    descriptor: textOf(),
  }),
  DumpRecord: answerObject(['key', 'rev', 'cluster', 'value'], {
    key: textOf(),
    rev: numberOf('int64'),
    cluster: textOf(),
    value: { description: 'The record as it is stored.' },
  }),
  Alarm: answerObject(['status', 'id', 'fields'], {
    status: wordOf(['ACTIVATED', 'CLEARED']),
    id: textOf(),
    fields: answerObject([], { detail: textOf() }),
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;
