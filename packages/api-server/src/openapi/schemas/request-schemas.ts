import {
  consumerChecks,
  dataCenterChecks,
  frameWorkChecks,
  healthCheckChecks,
  heartbeatChecks,
  instanceChecks,
  microServiceChecks,
  providerChecks,
  ruleChecks,
  schemaChecks,
  type Checklist,
  type Rule,
} from '@service-center/registry/validation';

import { schemaRef, type JsonSchema } from '../json-schema.ts';
import {
  integer,
  optional,
  requestObject,
  ruleOf,
  text,
  textList,
  type RequestMember,
} from '../request-schema.ts';

const texts = (description?: string): JsonSchema => ({
  type: 'object',
  ...(description !== undefined && { description }),
  additionalProperties: { type: 'string' },
});

/** The objects of request bodies, as components of the document. @param schemaQuota - schemas of a service */
export function requestSchemas(schemaQuota: number): Readonly<Record<string, JsonSchema>> {
  return {
    MicroServiceToRegister: microService(schemaQuota),
    FrameWorkToRegister: requestObject({
      name: text(ruleOf(frameWorkChecks, 'FrameWork.Name')),
      version: text(ruleOf(frameWorkChecks, 'FrameWork.Version')),
    }),
    InstanceToRegister: instance(),
    HealthCheckToRegister: healthCheck(),
    DataCenterToRegister: requestObject({
      name: text(ruleOf(dataCenterChecks, 'DataCenterInfo.Name')),
      region: text(ruleOf(dataCenterChecks, 'DataCenterInfo.Region')),
      availableZone: text(ruleOf(dataCenterChecks, 'DataCenterInfo.AvailableZone')),
    }),
    RuleToAdd: requestObject({
      ruleType: text(ruleOf(ruleChecks, 'AddOrUpdateServiceRule.RuleType')),
      attribute: text(ruleOf(ruleChecks, 'AddOrUpdateServiceRule.Attribute'), {
        description: 'A field of the consumer, or `tag_` and the name of one of its tags.',
      }),
      pattern: text(ruleOf(ruleChecks, 'AddOrUpdateServiceRule.Pattern'), {
        description: 'An unanchored regular expression of the RE2 family.',
      }),
      description: text(ruleOf(ruleChecks, 'AddOrUpdateServiceRule.Description')),
    }),
    SchemaToUpload: requestObject({
      schemaId: text(ruleOf(schemaChecks, 'Schema.SchemaId')),
      summary: text(ruleOf(schemaChecks, 'Schema.Summary'), {
        description: 'A digest of the text, such as its SHA-256 in hexadecimal digits.',
      }),
      schema: text(ruleOf(schemaChecks, 'Schema.Schema')),
    }),
    DependencyToDeclare: requestObject({
      consumer: { schema: consumer(), isRequired: true },
      providers: optional({ type: 'array', items: provider() }),
    }),
    InstanceAddress: requestObject({
      serviceId: text(ruleOf(heartbeatChecks, 'HeartbeatRequest.ServiceId')),
      instanceId: text(ruleOf(heartbeatChecks, 'HeartbeatRequest.InstanceId')),
    }),
  };
}

/** Picks rules by the name of a field, without the name of its type. */
function rulesOf<T>(checks: Checklist<T>, type: string): (field: string) => Rule {
  return (field) => ruleOf(checks, `${type}.${field}`);
}

function microService(schemaQuota: number): JsonSchema {
  const checks = microServiceChecks(schemaQuota);
  const rule = rulesOf(checks, 'MicroService');
  return requestObject(
    {
      serviceId: text(rule('ServiceId'), {
        description:
          'Absent: the registry makes one. It must contain neither `/` nor control characters.',
      }),
      appId: text(rule('AppId'), { default: 'default' }),
      serviceName: text(rule('ServiceName')),
      version: text(rule('Version'), { default: '0.0.1' }),
      description: text(rule('Description')),
      level: text(rule('Level'), { default: 'BACK' }),
      schemas: textList(rule('Schemas'), { description: 'The ids of its contracts.' }),
      paths: optional({
        type: 'array',
        items: requestObject({
          path: text(ruleOf(checks, 'ServicePath.Path')),
          property: optional(texts()),
        }),
      }),
      status: text(rule('Status'), { default: 'UP' }),
      properties: optional(
        texts('`allowCrossApp` of `true` lets consumers of other applications find it.'),
      ),
      providers: optional({ type: 'array', items: requestObject(keyMembers()) }),
      alias: text(rule('Alias'), { description: 'A second name under which it is found.' }),
      LBStrategy: optional(texts()),
      environment: text(rule('Environment')),
      registerBy: text(rule('RegisterBy')),
      framework: optional(schemaRef('FrameWorkToRegister')),
    },
    'A service to register. Times are set by the registry.',
  );
}

function instance(): JsonSchema {
  const rule = rulesOf(instanceChecks, 'MicroServiceInstance');
  return requestObject(
    {
      instanceId: text(rule('InstanceId'), { description: 'Absent: the registry makes one.' }),
      endpoints: textList(rule('Endpoints'), { description: 'Such as `rest://10.0.0.7:8080`.' }),
      hostName: text(rule('HostName')),
      status: text(rule('Status'), { default: 'UP' }),
      properties: optional(texts()),
      healthCheck: optional(schemaRef('HealthCheckToRegister')),
      dataCenterInfo: optional(schemaRef('DataCenterToRegister')),
    },
    'An instance to register. Its service is that of the path; times and version are set by the registry.',
  );
}

function healthCheck(): JsonSchema {
  const rule = rulesOf(healthCheckChecks, 'HealthCheck');
  return requestObject(
    {
      mode: text(rule('Mode')),
      port: integer(rule('Port')),
      interval: integer(rule('Interval'), { description: 'Seconds between two heartbeats.' }),
      times: integer(rule('Times'), { description: 'How many heartbeats may be missed.' }),
      url: text(rule('Url')),
    },
    'Absent: `push`, 30 seconds, 3 times. `interval * (times + 1)` must not exceed 2147483647.',
  );
}

function keyMembers(): Readonly<Record<string, RequestMember>> {
  const member = optional({ type: 'string' });
  return {
    tenant: member,
    environment: member,
    appId: member,
    serviceName: member,
    alias: member,
    version: member,
  };
}

function consumer(): JsonSchema {
  const rule = rulesOf(consumerChecks, 'MicroServiceKey');
  return requestObject({
    environment: text(rule('Environment')),
    appId: text(rule('AppId')),
    serviceName: text(rule('ServiceName')),
    version: text(rule('Version')),
  });
}

function provider(): JsonSchema {
  const rule = rulesOf(providerChecks, 'MicroServiceKey');
  return requestObject({
    environment: text(rule('Environment')),
    appId: text(rule('AppId'), { description: 'Empty: that of the consumer.' }),
    serviceName: text(rule('ServiceName'), { description: '`*`: every service there is.' }),
    version: text(rule('Version'), { description: 'Empty: every version.' }),
  });
}
