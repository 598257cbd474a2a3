import { schemaRef, type JsonSchema } from '../json-schema.ts';

/** A text of an answer. */
export function textOf(description?: string): JsonSchema {
  return { type: 'string', ...(description !== undefined && { description }) };
}

/** One word of a few. */
export function wordOf(words: readonly string[], description?: string): JsonSchema {
  return { ...textOf(description), enum: words };
}

/** A list of an answer; an empty one is left out. */
export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items, minItems: 1 };
}

/** A map of texts of an answer; an empty one is left out. */
export function mapOf(description?: string): JsonSchema {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    additionalProperties: { type: 'string' },
    minProperties: 1,
  };
}

/** A whole number of an answer. */
export function numberOf(format: 'int32' | 'int64', description?: string): JsonSchema {
  return { type: 'integer', format, ...(description !== undefined && { description }) };
}

/**
 * An object of an answer: it has no members but these.
 *
 * @param required - the members that are always there; the others are left out when they are empty
 */
export function answerObject(
  required: readonly string[],
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
): JsonSchema {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

/** An object whose one member is a list, or `{}`. */
export function listAnswer(name: string, items: JsonSchema): JsonSchema {
  return answerObject([], { [name]: listOf(items) });
}

const unixSeconds: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]+$',
  description: 'Unix time in seconds.',
};
const environments = ['development', 'testing', 'acceptance', 'production'] as const;

/** The types of answers (spec 01 §2.3), as components of the document. */
export const answerSchemas = {
  MicroService: answerObject(
    ['serviceId', 'appId', 'serviceName', 'version'],
    {
      serviceId: textOf(),
      appId: textOf('The application.'),
      serviceName: textOf(),
      version: textOf('One to four numbers, such as `1.2.0`.'),
      description: textOf(),
      level: wordOf(['FRONT', 'MIDDLE', 'BACK']),
      schemas: listOf(textOf()),
      paths: listOf(schemaRef('ServicePath')),
      status: wordOf(['UP', 'DOWN']),
      properties: mapOf(),
      timestamp: unixSeconds,
      providers: listOf(schemaRef('MicroServiceKey')),
      alias: textOf('A second name under which consumers find the service.'),
      LBStrategy: mapOf(),
      modTimestamp: unixSeconds,
      environment: textOf(`\`${environments.join('`, `')}\`, or absent.`),
      registerBy: textOf('`SDK`, `SIDECAR` or `PLATFORM`.'),
      framework: schemaRef('FrameWork'),
    },
    'One version of a service.',
  ),
  ServicePath: answerObject([], { path: textOf(), property: mapOf() }),
  FrameWork: answerObject(
    [],
    { name: textOf(), version: textOf() },
    'The framework a service was written with.',
  ),
  MicroServiceKey: answerObject(
    [],
    {
      tenant: textOf('`domain/project`.'),
      environment: textOf(),
      appId: textOf(),
      serviceName: textOf(),
      alias: textOf(),
      version: textOf('A version, or a version rule where the key names a provider.'),
    },
    'The name of a service.',
  ),
  MicroServiceInstance: answerObject(
    ['instanceId', 'serviceId'],
    {
      instanceId: textOf(),
      serviceId: textOf(),
      endpoints: listOf(textOf('Such as `rest://10.0.0.7:8080`.')),
      hostName: textOf(),
      status: wordOf(['UP', 'DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE']),
      properties: mapOf(),
      healthCheck: schemaRef('HealthCheck'),
      timestamp: unixSeconds,
      dataCenterInfo: schemaRef('DataCenterInfo'),
      modTimestamp: unixSeconds,
      version: textOf('The version of its service.'),
    },
    'A running instance of a service.',
  ),
  HealthCheck: answerObject(
    [],
    {
      mode: wordOf(
        ['push', 'pull'],
        '`push`: the instance sends heartbeats. `pull`: a platform or sidecar sends them for it.',
      ),
      port: numberOf('int32'),
      interval: numberOf('int32', 'Seconds between two heartbeats.'),
      times: numberOf('int32', 'How many heartbeats may be missed.'),
      url: textOf(),
    },
    'An instance without a heartbeat for `interval * (times + 1)` seconds is removed.',
  ),
  DataCenterInfo: answerObject([], {
    name: textOf(),
    region: textOf(),
    availableZone: textOf(),
  }),
  Schema: answerObject(
    ['schemaId'],
    {
      schemaId: textOf(),
      summary: textOf('A digest made by the client.'),
      schema: textOf('The text of the contract.'),
    },
    'A contract of a service.',
  ),
  ServiceRule: answerObject(
    ['ruleId', 'ruleType', 'attribute', 'pattern'],
    {
      ruleId: textOf(),
      ruleType: wordOf(['WHITE', 'BLACK']),
      attribute: textOf('A field of the consumer, or `tag_` and the name of one of its tags.'),
      pattern: textOf('An unanchored regular expression.'),
      description: textOf(),
      timestamp: unixSeconds,
      modTimestamp: unixSeconds,
    },
    'An entry of a black or white list.',
  ),
  InstanceHeartbeatResult: answerObject(
    [],
    {
      serviceId: textOf(),
      instanceId: textOf(),
      errMessage: textOf('Absent when the instance has been renewed.'),
    },
    'What became of one heartbeat of a set.',
  ),
  DeletedService: answerObject(
    ['serviceId'],
    { errMessage: textOf('Absent when the service has been deleted.'), serviceId: textOf() },
    'What became of one deletion.',
  ),
  Error: answerObject(
    ['errorCode', 'errorMessage'],
    {
      errorCode: { type: 'string', pattern: '^[45][0-9]{5}$' },
      errorMessage: textOf('The same for every error of this code.'),
      detail: textOf('What was wrong in this case.'),
    },
    'Why a request was not carried out. The first three digits of the code are the HTTP status.',
  ),
  FindResult: answerObject(
    ['index', 'rev'],
    {
      index: numberOf('int64', 'The place of the question in the request.'),
      rev: textOf('The revision of the answer.'),
      instances: listOf(schemaRef('MicroServiceInstance')),
    },
    'An answer of a batch find.',
  ),
  FindFailedResult: answerObject(
    ['indexes', 'error'],
    { indexes: listOf(numberOf('int64')), error: schemaRef('Error') },
    'The questions of a batch find that failed in the same way.',
  ),
  BatchFindResult: answerObject(
    [],
    {
      failed: listOf(schemaRef('FindFailedResult')),
      notModified: listOf(numberOf('int64')),
      updated: listOf(schemaRef('FindResult')),
    },
    'The answers to one of the two lists of a batch find.',
  ),
} as const satisfies Readonly<Record<string, JsonSchema>>;
