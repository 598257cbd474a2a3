import type { RequestTemplate } from '../case/case.ts';
import type { JsonObject } from '../case/json.ts';
import { anything } from '../case/pattern.ts';
import type { RouteName } from '../case/routes.ts';
import { done, get, json, refused } from '../case/steps.ts';
import { service } from '../cases/setup.ts';
import { bodyFields, queryFields, segmentField } from './field-places.ts';
import type { FieldRule } from './field-rule.ts';
import * as formats from './formats.ts';
import { environment, lookupFields, requiredServiceId } from './identifiers.ts';
import type { RequestKind } from './request-kind.ts';

const registered = json({ serviceId: anything });
const mapOfTexts: FieldRule = { kind: 'text-map' };
const registration = { method: 'POST', path: 'R/microservices' };

const registerService: RequestKind = {
  route: 'register-service',
  setup: [],
  accepted: registered,
  untouched: [get('R/microservices', json({}))],
  fields: [
    ...bodyFields(
      registration,
      {
        service: {
          serviceName: 's',
          appId: 'a',
          version: '1.0.0',
          paths: [{ path: '/' }],
          framework: { name: 'f', version: '1' },
        },
      },
      {
        service: { kind: 'required-object' },
        'service.serviceId': { kind: 'text', format: formats.givenServiceId, max: 64 },
        'service.appId': { kind: 'text', format: formats.name, max: 160 },
        'service.serviceName': { kind: 'text', format: formats.name, min: 1, max: 128 },
        'service.version': { kind: 'text', format: formats.version, max: 64 },
        'service.environment': environment,
        'service.description': { kind: 'text', format: formats.anyText, max: 256 },
        'service.level': { kind: 'text', format: formats.level },
        'service.status': { kind: 'text', format: formats.serviceStatus },
        'service.alias': { kind: 'text', format: formats.alias, max: 128 },
        'service.registerBy': { kind: 'text', format: formats.registerBy, max: 64 },
        'service.framework.name': { kind: 'text', format: formats.name, max: 64 },
        'service.framework.version': { kind: 'text', format: formats.anyText, max: 64 },
        'service.paths.0.path': { kind: 'text', format: formats.path },
        'service.properties': mapOfTexts,
        'service.LBStrategy': mapOfTexts,
        'service.paths.0.property': mapOfTexts,
        'service.schemas': {
          kind: 'count',
          min: 0,
          max: 100,
          fill: (size) => Array.from({ length: size }, (_, index) => `schema${index}`),
          wrongTypes: [{}, 'text', 1, [1], [{}]],
        },
      },
    ),
    ...bodyFields(
      registration,
      { service: { serviceName: 's', schemas: ['a'] } },
      { 'service.schemas.0': { kind: 'text', format: formats.schemaId, min: 1, max: 160 } },
    ),
  ],
};

/** Routes that say of an unknown service that it does not exist: an id of the right form gets that far. */
const byServiceId: readonly RequestKind[] = [
  unknownService('get-service', 'GET', 'R/microservices/:serviceId'),
  unknownService('service-properties', 'PUT', 'R/microservices/:serviceId/properties', {}),
  unknownService('delete-service', 'DELETE', 'R/microservices/:serviceId'),
  unknownService('put-tags', 'POST', 'R/microservices/:serviceId/tags', { tags: { k: 'v' } }),
  unknownService('get-tags', 'GET', 'R/microservices/:serviceId/tags'),
  unknownService('update-tag', 'PUT', 'R/microservices/:serviceId/tags/k?value=v'),
  unknownService('delete-tags', 'DELETE', 'R/microservices/:serviceId/tags/k'),
  unknownService('get-rules', 'GET', 'R/microservices/:serviceId/rules'),
  unknownService('update-rule', 'PUT', 'R/microservices/:serviceId/rules/r', {
    ruleType: 'WHITE',
    attribute: 'tag_a',
    pattern: 'a',
  }),
  unknownService('delete-rules', 'DELETE', 'R/microservices/:serviceId/rules/r'),
  unknownService('get-schema', 'GET', 'R/microservices/:serviceId/schemas/a'),
  unknownService('list-schemas', 'GET', 'R/microservices/:serviceId/schemas'),
  unknownService('put-schema', 'PUT', 'R/microservices/:serviceId/schemas/a', { schema: 'x' }),
  unknownService('replace-schemas', 'POST', 'R/microservices/:serviceId/schemas', {
    schemas: [{ schemaId: 'a', schema: 'x', summary: 's' }],
  }),
  unknownService('delete-schema', 'DELETE', 'R/microservices/:serviceId/schemas/a'),
  unknownService('register-instance', 'POST', 'R/microservices/:serviceId/instances', {
    instance: { hostName: 'h' },
  }),
  unknownService('list-instances', 'GET', 'R/microservices/:serviceId/instances'),
  unknownService('get-instance', 'GET', 'R/microservices/:serviceId/instances/i'),
  unknownService('providers', 'GET', 'R/microservices/:serviceId/providers'),
  unknownService('consumers', 'GET', 'R/microservices/:serviceId/consumers'),
  unknownService('govern-service', 'GET', 'G/microservices/:serviceId'),
];

function unknownService(
  route: RouteName,
  method: string,
  path: string,
  body?: JsonObject,
): RequestKind {
  const request: RequestTemplate = {
    method,
    path,
    ...(body === undefined ? {} : { body: { kind: 'json', value: body } }),
  };
  return {
    route,
    setup: [],
    accepted: refused(400012),
    fields: [segmentField(request, 'serviceId', requiredServiceId)],
  };
}

const deletion = { method: 'DELETE', path: 'R/microservices' };

const deleteServices: RequestKind = {
  route: 'delete-services',
  setup: [service('s')],
  accepted: json({ services: anything }),
  untouched: [get('R/microservices/${s}', json(anything))],
  fields: [
    ...bodyFields(
      deletion,
      { serviceIds: ['${s}', 'a'], force: true },
      { 'serviceIds.1': requiredServiceId },
    ),
    ...bodyFields(
      deletion,
      {},
      {
        serviceIds: {
          kind: 'count',
          min: 1,
          fill: (size) => Array.from({ length: size }, (_, index) => `id${index}`),
          wrongTypes: [{}, 'text', 1, [1], [{}], ['${s}', null]],
        },
      },
    ),
  ],
};

const existence: RequestKind = {
  route: 'existence',
  setup: [],
  accepted: refused(400012),
  fields: [
    ...queryFields(
      { method: 'GET', path: 'R/existence' },
      { type: 'microservice', appId: 'a', serviceName: 's', version: '1.0.0' },
      {
        env: environment,
        ...lookupFields,
        version: { kind: 'text', format: formats.versionRule, min: 1, max: 129 },
      },
    ),
    ...queryFields(
      { method: 'GET', path: 'R/existence' },
      { type: 'schema', serviceId: 's', schemaId: 'a' },
      {
        serviceId: requiredServiceId,
        schemaId: { kind: 'text', format: formats.schemaId, min: 1, max: 160 },
      },
    ),
  ],
};

const serviceProperties: RequestKind = {
  route: 'service-properties',
  setup: [service('s')],
  accepted: done,
  fields: bodyFields(
    { method: 'PUT', path: 'R/microservices/${s}/properties' },
    {},
    { properties: mapOfTexts },
  ),
};

/** The validated requests about services (spec 01 §6). */
export const serviceRequests: readonly RequestKind[] = [
  registerService,
  ...byServiceId,
  deleteServices,
  existence,
  serviceProperties,
];
