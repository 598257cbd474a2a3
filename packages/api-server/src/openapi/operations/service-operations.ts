import {
  deleteServicesChecks,
  existenceChecks,
  getSchemaChecks,
} from '@service-center/registry/validation';

import { schemaRef } from '../json-schema.ts';
import {
  emptyAnswer,
  freeQuery,
  jsonAnswer,
  optionalParameter,
  query,
  readParameters,
  switchQuery,
  type OperationSpec,
} from '../operation.ts';
import { mandatory, optional, requestObject, ruleOf, textList } from '../request-schema.ts';

import { answerObject, listAnswer, listOf, textOf } from '../schemas/answer-schemas.ts';

const textMap = { type: 'object', additionalProperties: { type: 'string' } } as const;
const list = (
  name: string,
): { readonly type: 'array'; readonly items: { readonly $ref?: string } } => ({
  type: 'array',
  items: schemaRef(name),
});

/** The body that replaces the properties of a service or an instance. */
export const propertiesBody = requestObject({ properties: optional(textMap) });

/** Existence and services (spec 01 §4.2 and §4.3). */
export const serviceOperations = {
  ResourceExist: {
    tag: 'Services',
    summary: 'Find the id of a service, or ask for a contract',
    description:
      'With `type=microservice` the version may be a rule (`latest`, `1.0.0+`, `1.0.0-2.0.0`): the newest match counts. With `type=schema` the answer has the digest of the contract in `X-Schema-Summary`. Which parameters are needed depends on the type.',
    parameters: [
      {
        ...freeQuery('type', 'What is looked for.', {
          type: 'string',
          enum: ['microservice', 'schema'],
        }),
        isRequired: true,
      },
      ...[
        query(
          'env',
          ruleOf(existenceChecks, 'GetExistenceRequest.Environment'),
          'Its environment.',
        ),
        query('appId', ruleOf(existenceChecks, 'GetExistenceRequest.AppId'), 'Its application.'),
        query(
          'serviceName',
          ruleOf(existenceChecks, 'GetExistenceRequest.ServiceName'),
          'Its name or alias.',
        ),
        query(
          'version',
          ruleOf(existenceChecks, 'GetExistenceRequest.Version'),
          'Its version, or a rule.',
        ),
        query(
          'serviceId',
          ruleOf(getSchemaChecks, 'GetSchemaRequest.ServiceId'),
          'The service of the contract.',
        ),
        query('schemaId', ruleOf(getSchemaChecks, 'GetSchemaRequest.SchemaId'), 'The contract.'),
      ].map(optionalParameter),
      ...readParameters,
    ],
    answer: jsonAnswer(
      'It is there.',
      answerObject(['serviceId'], { serviceId: textOf(), schemaId: textOf() }),
    ),
    errors: ['serviceNotExists', 'serviceVersionNotExists', 'schemaNotExists'],
  },
  ListService: {
    tag: 'Services',
    summary: 'List all services of the tenant',
    parameters: [switchQuery('withShared', 'Show shared services too.'), ...readParameters],
    answer: jsonAnswer('The services.', listAnswer('services', schemaRef('MicroService'))),
  },
  GetService: {
    tag: 'Services',
    summary: 'Get a service',
    parameters: readParameters,
    answer: jsonAnswer(
      'The service.',
      answerObject(['service'], { service: schemaRef('MicroService') }),
    ),
    errors: ['serviceNotExists'],
  },
  RegisterService: {
    tag: 'Services',
    summary: 'Register a service',
    description:
      'A service that is registered already, by environment, application, name and version, keeps its id and stays as it is. `tags`, `rules` and `instances` are applied once the service is there; when one of them fails the answer is 400001, and the service stays.',
    body: requestObject({
      service: mandatory(schemaRef('MicroServiceToRegister')),
      rules: optional(list('RuleToAdd')),
      tags: optional(textMap),
      instances: optional(list('InstanceToRegister')),
    }),
    answer: jsonAnswer(
      'The id of the service.',
      answerObject(['serviceId'], { serviceId: textOf() }),
    ),
    errors: ['serviceAlreadyExists', 'notEnoughQuota'],
  },
  PutServiceProperties: {
    tag: 'Services',
    summary: 'Replace the properties of a service',
    body: propertiesBody,
    answer: emptyAnswer,
    errors: ['serviceNotExists'],
  },
  UnregisterService: {
    tag: 'Services',
    summary: 'Delete a service',
    description: 'With everything that belongs to it.',
    parameters: [
      freeQuery('force', 'Delete it although it has instances or consumers.', {
        type: 'string',
        enum: ['true', 'false', '1', '0', ''],
      }),
    ],
    answer: emptyAnswer,
    errors: ['serviceNotExists', 'dependedOnConsumer', 'deployedInstance'],
  },
  UnregisterManyService: {
    tag: 'Services',
    summary: 'Delete several services',
    body: requestObject({
      serviceIds: textList(ruleOf(deleteServicesChecks, 'DelServicesRequest.ServiceIds')),
      force: optional({ type: 'boolean' }),
    }),
    answer: jsonAnswer(
      'What became of each of them.',
      answerObject(['services'], { services: listOf(schemaRef('DeletedService')) }),
    ),
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
