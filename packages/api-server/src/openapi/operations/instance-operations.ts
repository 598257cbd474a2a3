import {
  findChecks,
  findVersionChecks,
  listInstancesChecks,
  updateManyStatusChecks,
  updateStatusChecks,
} from '@service-center/registry/validation';

import { schemaRef } from '../json-schema.ts';
import {
  emptyAnswer,
  freeQuery,
  header,
  jsonAnswer,
  optionalParameter,
  query,
  readParameters,
  revisedAnswer,
  revParameter,
  type OperationSpec,
} from '../operation.ts';
import { mandatory, optional, requestObject, ruleOf, text } from '../request-schema.ts';
import { answerObject, listAnswer, listOf, textOf } from '../schemas/answer-schemas.ts';
import { propertiesBody } from './service-operations.ts';

const consumerHeader = header(
  'X-ConsumerId',
  ruleOf(findChecks, 'FindInstancesRequest.ConsumerServiceId'),
  'The service that asks: what it may not find is left out.',
);
const { pattern: tagPattern } = ruleOf(listInstancesChecks, 'GetInstancesRequest.Tags');
const tagsParameter = freeQuery(
  'tags',
  `Keys of tags that the service has to have, with commas between them; each matches \`${tagPattern?.text ?? ''}\`.`,
);

/** Instances and their heartbeats (spec 01 §4.7). */
export const instanceOperations = {
  RegisterInstance: {
    tag: 'Instances',
    summary: 'Register an instance',
    description:
      'An instance whose id is alive is renewed, and what is different in the body is stored.',
    body: requestObject({ instance: mandatory(schemaRef('InstanceToRegister')) }),
    answer: jsonAnswer(
      'The id of the instance.',
      answerObject(['instanceId'], { instanceId: textOf() }),
    ),
    errors: ['serviceNotExists', 'notEnoughQuota'],
  },
  UnregisterInstance: {
    tag: 'Instances',
    summary: 'Unregister an instance',
    answer: emptyAnswer,
    errors: ['instanceNotExists'],
  },
  PutInstanceProperties: {
    tag: 'Instances',
    summary: 'Replace the properties of an instance',
    body: propertiesBody,
    answer: emptyAnswer,
    errors: ['instanceNotExists'],
  },
  PutInstanceStatus: {
    tag: 'Instances',
    summary: 'Change the status of an instance',
    parameters: [
      query(
        'value',
        ruleOf(updateStatusChecks, 'UpdateInstanceStatusRequest.Status'),
        'The new status.',
      ),
    ],
    answer: emptyAnswer,
    errors: ['instanceNotExists'],
  },
  PutManyInstanceStatus: {
    tag: 'Instances',
    summary: 'Change the status of many instances',
    description: 'Of all instances of the tenant that have the given properties.',
    body: requestObject({
      matches: optional(
        requestObject({
          properties: optional({ type: 'object', additionalProperties: { type: 'string' } }),
        }),
      ),
      status: text(ruleOf(updateManyStatusChecks, 'UpdateManyInstanceStatusRequest.Status')),
    }),
    answer: emptyAnswer,
  },
  SendHeartbeat: {
    tag: 'Instances',
    summary: 'Keep an instance alive',
    answer: emptyAnswer,
    errors: ['instanceNotExists'],
  },
  SendManyHeartbeat: {
    tag: 'Instances',
    summary: 'Keep several instances alive',
    body: requestObject({
      instances: mandatory({
        type: 'array',
        minItems: 1,
        items: requestObject({
          serviceId: optional({ type: 'string' }),
          instanceId: optional({ type: 'string' }),
        }),
      }),
    }),
    answer: jsonAnswer(
      'What became of each of them.',
      answerObject(['instances'], { instances: listOf(schemaRef('InstanceHeartbeatResult')) }),
    ),
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;

/** Finding, listing and watching instances (spec 01 §4.7 and §4.9). */
export const discoveryOperations = {
  FindInstances: {
    tag: 'Discovery',
    summary: 'Find the instances of a provider',
    parameters: [
      consumerHeader,
      query(
        'env',
        ruleOf(findChecks, 'FindInstancesRequest.Environment'),
        'The environment of the provider; that of the consumer counts when there is one.',
      ),
      query('appId', ruleOf(findChecks, 'FindInstancesRequest.AppId'), 'Its application.'),
      query(
        'serviceName',
        ruleOf(findChecks, 'FindInstancesRequest.ServiceName'),
        'Its name or alias.',
      ),
      optionalParameter(
        query(
          'version',
          ruleOf(findVersionChecks, 'FindInstancesRequest.VersionRule'),
          'A version or a rule: `latest`, `1.0.0+` (a plus is written `%2B`), `1.0.0-2.0.0`. Absent: every version.',
        ),
      ),
      tagsParameter,
      revParameter,
      ...readParameters,
    ],
    answer: revisedAnswer(
      'The instances.',
      listAnswer('instances', schemaRef('MicroServiceInstance')),
    ),
    errors: ['serviceNotExists'],
  },
  BatchFindInstances: {
    tag: 'Discovery',
    summary: 'Find the instances of several providers',
    description:
      'At least one of the two lists has to have an element. An element that fails is reported in `failed`; the others are answered.',
    parameters: [
      {
        ...freeQuery('type', 'What to do.', { type: 'string', enum: ['query'] }),
        isRequired: true,
      },
      consumerHeader,
      ...readParameters,
    ],
    body: requestObject({
      services: optional({
        type: 'array',
        items: requestObject({
          service: mandatory(
            requestObject({
              environment: text(ruleOf(findChecks, 'FindInstancesRequest.Environment')),
              appId: text(ruleOf(findChecks, 'FindInstancesRequest.AppId')),
              serviceName: text(ruleOf(findChecks, 'FindInstancesRequest.ServiceName')),
              version: optional({ type: 'string', description: 'A version or a rule.' }),
            }),
          ),
          rev: optional({ type: 'string' }),
        }),
      }),
      instances: optional({
        type: 'array',
        items: requestObject({
          instance: mandatory(schemaRef('InstanceAddress')),
          rev: optional({ type: 'string' }),
        }),
      }),
    }),
    answer: jsonAnswer(
      'The answers to both lists.',
      answerObject([], {
        services: schemaRef('BatchFindResult'),
        instances: schemaRef('BatchFindResult'),
      }),
    ),
  },
  ListInstance: {
    tag: 'Discovery',
    summary: 'List the instances of a service',
    parameters: [consumerHeader, tagsParameter, revParameter, ...readParameters],
    answer: revisedAnswer(
      'The instances.',
      listAnswer('instances', schemaRef('MicroServiceInstance')),
    ),
    errors: ['serviceNotExists'],
  },
  GetInstance: {
    tag: 'Discovery',
    summary: 'Get an instance',
    parameters: [consumerHeader, tagsParameter, revParameter, ...readParameters],
    answer: revisedAnswer(
      'The instance.',
      answerObject(['instance'], { instance: schemaRef('MicroServiceInstance') }),
    ),
    errors: ['serviceNotExists', 'instanceNotExists'],
  },
  Watch: {
    tag: 'Discovery',
    summary: 'Watch the providers of a consumer',
    description:
      'A websocket, over which every change of an instance of a provider is pushed. What is no handshake is answered 400.',
    answer: { status: 101, description: 'The websocket is open.' },
  },
} as const satisfies Readonly<Record<string, OperationSpec>>;
