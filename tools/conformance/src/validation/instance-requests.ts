import type { RequestTemplate } from '../case/case.ts';
import type { JsonObject } from '../case/json.ts';
import { anything } from '../case/pattern.ts';
import type { RouteName } from '../case/routes.ts';
import { done, get, json, refused } from '../case/steps.ts';
import { instance, service } from '../cases/setup.ts';
import type { TextRule } from './field-rule.ts';
import { bodyFields, headerField, queryFields, segmentField } from './field-places.ts';
import * as formats from './formats.ts';
import {
  consumerId,
  environment,
  lookupFields,
  requiredInstanceId,
  requiredServiceId,
} from './identifiers.ts';
import type { Field, RequestKind } from './request-kind.ts';

const registration = { method: 'POST', path: 'R/microservices/${s}/instances' };

const dataCenterText: TextRule = {
  kind: 'text',
  format: { ...formats.simpleName, accepts: ['a', 'A9', '_', '.', '-', '-a.'] },
  min: 1,
  max: 128,
};

const registerInstance: RequestKind = {
  route: 'register-instance',
  setup: [service('s')],
  accepted: json({ instanceId: anything }),
  untouched: [get('R/microservices/${s}/instances', json({}))],
  fields: [
    ...bodyFields(
      registration,
      { instance: { hostName: 'h', endpoints: ['rest://10.1.2.3:80'] } },
      {
        instance: { kind: 'required-object' },
        'instance.instanceId': { kind: 'text', format: formats.simpleName, max: 64 },
        // A list whose only item is left out is an empty list, which is right.
        'instance.endpoints.0': {
          rule: { kind: 'text', format: formats.nonBlank, min: 1 },
          skips: ['left out'],
        },
        'instance.hostName': { kind: 'text', format: formats.nonBlank, min: 1, max: 64 },
        'instance.status': { kind: 'text', format: formats.instanceStatus },
        'instance.properties': { kind: 'text-map' },
      },
    ),
    ...bodyFields(
      registration,
      { instance: { hostName: 'h' } },
      {
        'instance.endpoints': {
          kind: 'count',
          min: 0,
          fill: (size) => Array.from({ length: size }, (_, index) => `rest://h:${index}`),
          wrongTypes: [{}, 'text', 1, [1], [{}], [null]],
        },
      },
    ),
    ...bodyFields(
      registration,
      {
        instance: {
          hostName: 'h',
          healthCheck: { mode: 'push', port: 1, interval: 1, times: 0, url: '' },
        },
      },
      {
        'instance.healthCheck.mode': { kind: 'text', format: formats.heartbeatMode, min: 1 },
        'instance.healthCheck.port': { kind: 'integer', min: 0, max: 65_535 },
        'instance.healthCheck.url': { kind: 'text', format: formats.url },
      },
    ),
    ...healthCheckNumbers(),
    ...bodyFields(
      registration,
      {
        instance: {
          hostName: 'h',
          dataCenterInfo: { name: 'n', region: 'r', availableZone: 'z' },
        },
      },
      {
        'instance.dataCenterInfo.name': dataCenterText,
        'instance.dataCenterInfo.region': dataCenterText,
        'instance.dataCenterInfo.availableZone': dataCenterText,
      },
    ),
  ],
};

/**
 * The numbers of a health check in the mode that keeps none of them: the largest interval with the fewest times a push
 * allows is a lease that is too long (spec 01 §4.7), so the edges of the numbers themselves show in pull mode.
 */
function healthCheckNumbers(): Field[] {
  return bodyFields(
    registration,
    { instance: { hostName: 'h', healthCheck: { mode: 'pull', interval: 1, times: 0 } } },
    {
      'instance.healthCheck.interval': { kind: 'integer', min: 1, max: 2_147_483_647 },
      'instance.healthCheck.times': { kind: 'integer', min: 0, max: 2_147_483_647 },
    },
  );
}

const instancePaths: readonly (readonly [RouteName, string, string, JsonObject?])[] = [
  ['unregister', 'DELETE', ''],
  ['instance-properties', 'PUT', '/properties', { properties: { a: 'b' } }],
  ['instance-status', 'PUT', '/status?value=UP'],
  ['heartbeat', 'PUT', '/heartbeat'],
];

/** Writes to an instance say of an unknown one, whatever its service, that it does not exist. */
const writes: readonly RequestKind[] = instancePaths.map(([route, method, tail, body]) => ({
  route,
  setup: [service('s')],
  accepted: refused(400017),
  fields: [
    segmentField(
      request(method, `R/microservices/:serviceId/instances/i${tail}`, body),
      'serviceId',
      requiredServiceId,
    ),
    segmentField(
      request(method, `R/microservices/\${s}/instances/:instanceId${tail}`, body),
      'instanceId',
      requiredInstanceId,
    ),
  ],
}));

function request(method: string, path: string, body: JsonObject | undefined): RequestTemplate {
  return { method, path, ...(body === undefined ? {} : { body: { kind: 'json', value: body } }) };
}

const instanceStatus: RequestKind = {
  route: 'instance-status',
  setup: [service('s'), instance('i', 's')],
  accepted: done,
  fields: queryFields(
    { method: 'PUT', path: 'R/microservices/${s}/instances/${i}/status' },
    {},
    { value: { kind: 'text', format: formats.instanceStatus, min: 1 } },
  ),
};

const instanceProperties: RequestKind = {
  route: 'instance-properties',
  setup: [service('s'), instance('i', 's')],
  accepted: done,
  fields: bodyFields(
    { method: 'PUT', path: 'R/microservices/${s}/instances/${i}/properties' },
    {},
    { properties: { kind: 'text-map' } },
  ),
};

const tagList: TextRule = {
  kind: 'text',
  format: {
    ...formats.tag,
    accepts: ['a', 'a,b'],
    refuses: [...formats.tag.refuses, 'a,', ',', 'a, b'],
  },
  max: 64,
};

/** Reads of instances by the id of their service, of which there is none here. */
const reads: readonly RequestKind[] = [
  {
    route: 'list-instances',
    setup: [],
    accepted: refused(400012),
    fields: [
      headerField(
        { method: 'GET', path: 'R/microservices/x/instances' },
        'X-ConsumerId',
        consumerId,
      ),
      ...queryFields({ method: 'GET', path: 'R/microservices/x/instances' }, {}, { tags: tagList }),
    ],
  },
  {
    route: 'get-instance',
    setup: [],
    accepted: refused(400012),
    fields: [
      headerField(
        { method: 'GET', path: 'R/microservices/x/instances/i' },
        'X-ConsumerId',
        consumerId,
      ),
      ...queryFields(
        { method: 'GET', path: 'R/microservices/x/instances/i' },
        {},
        { tags: tagList },
      ),
      segmentField(
        { method: 'GET', path: 'R/microservices/x/instances/:instanceId' },
        'instanceId',
        requiredInstanceId,
      ),
    ],
  },
  {
    route: 'find-instances',
    setup: [],
    accepted: refused(400012),
    fields: [
      headerField(
        { method: 'GET', path: 'R/instances?appId=a&serviceName=s' },
        'X-ConsumerId',
        consumerId,
      ),
      ...queryFields(
        { method: 'GET', path: 'R/instances' },
        { appId: 'a', serviceName: 's' },
        {
          env: environment,
          ...lookupFields,
          tags: tagList,
          version: { kind: 'text', format: formats.versionRule, max: 129 },
        },
      ),
    ],
  },
];

const batch = { method: 'POST', path: 'R/instances/action?type=query' };

const batchFind: RequestKind = {
  route: 'batch-find',
  setup: [],
  accepted: json(anything),
  fields: [
    headerField(
      {
        ...batch,
        body: {
          kind: 'json',
          value: { services: [{ service: { appId: 'a', serviceName: 's' } }] },
        },
      },
      'X-ConsumerId',
      consumerId,
    ),
    ...bodyFields(
      batch,
      { services: [{ service: { appId: 'a', serviceName: 's' } }] },
      {
        'services.0.service': { kind: 'required-object' },
        'services.0.service.environment': environment,
        'services.0.service.appId': lookupFields.appId,
        'services.0.service.serviceName': lookupFields.serviceName,
        'services.0.service.version': { kind: 'text', format: formats.versionRule, max: 129 },
      },
    ),
    ...bodyFields(
      batch,
      { instances: [{ instance: { serviceId: 's', instanceId: 'i' } }] },
      {
        'instances.0.instance': { kind: 'required-object' },
        'instances.0.instance.serviceId': requiredServiceId,
        'instances.0.instance.instanceId': requiredInstanceId,
      },
    ),
  ],
};

const bulkStatus: RequestKind = {
  route: 'bulk-status',
  setup: [],
  accepted: done,
  fields: bodyFields(
    { method: 'PUT', path: 'R/instances/status' },
    { matches: { properties: { a: 'b' } }, status: 'UP' },
    {
      status: { kind: 'text', format: formats.instanceStatus, min: 1 },
      'matches.properties': { kind: 'text-map' },
    },
  ),
};

const heartbeats: RequestKind = {
  route: 'heartbeat-set',
  setup: [],
  accepted: json({ instances: anything }),
  fields: bodyFields(
    { method: 'PUT', path: 'R/heartbeats' },
    {},
    {
      instances: {
        kind: 'count',
        min: 1,
        fill: (size) =>
          Array.from({ length: size }, (_, index) => ({ serviceId: 's', instanceId: `i${index}` })),
        wrongTypes: [{}, 'text', 1, ['text'], [1]],
      },
    },
  ),
};

/** The validated requests about instances (spec 01 §6). */
export const instanceRequests: readonly RequestKind[] = [
  registerInstance,
  ...writes,
  instanceStatus,
  instanceProperties,
  ...reads,
  batchFind,
  bulkStatus,
  heartbeats,
];
