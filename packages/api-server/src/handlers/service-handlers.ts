import type { DeletedService, SchemaLifecycle, ServiceLifecycle } from '@service-center/registry';
import {
  JsonWriter,
  readMicroService,
  readMicroServiceInstance,
  ServiceCenterError,
} from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply, type Reply } from '../reply/reply.ts';
import { pathParameter, type RequestContext } from '../request/request-context.ts';
import { encodedList } from './encoded-list.ts';
import { decodeBody } from './request-body.ts';
import { readSentRule } from './rule-handlers.ts';

/** What the handlers of services work with. */
export interface ServiceHandlerOptions {
  readonly services: ServiceLifecycle;
  readonly schemas: SchemaLifecycle;
}

/** Existence and services (spec 01 §4.2 and §4.3). */
export function createServiceHandlers(
  options: ServiceHandlerOptions,
): Pick<
  Handlers,
  | 'GetService'
  | 'ListService'
  | 'PutServiceProperties'
  | 'RegisterService'
  | 'ResourceExist'
  | 'UnregisterManyService'
  | 'UnregisterService'
> {
  const { services, schemas } = options;
  return {
    ResourceExist: (context) => {
      switch (context.query.get('type')) {
        case 'microservice':
          return serviceExistence(services, context);
        case 'schema':
          return schemaExistence(schemas, context);
        default:
          throw new ServiceCenterError(
            'invalidParameters',
            'Only micro-service and schema can be used as type.',
          );
      }
    },

    ListService: async (context) =>
      jsonReply(
        encodedList('services', await services.list(context, context.query.isTrue('withShared'))),
      ),

    GetService: async (context) => {
      const { encoded } = await services.get(context, pathParameter(context, 'serviceId'));
      return jsonReply(`{"service":${encoded}}`);
    },

    RegisterService: async (context, body) => {
      const request = decodeBody(body, (fields) => ({
        service: fields.struct('service', readMicroService),
        tags: fields.textMap('tags'),
        rules: fields.structList('rules', readSentRule),
        instances: fields.structList('instances', readMicroServiceInstance),
      }));
      const serviceId = await services.register(context, request);
      return jsonReply(new JsonWriter().text('serviceId', serviceId).end());
    },

    PutServiceProperties: async (context, body) => {
      const properties = decodeBody(body, (fields) => fields.textMap('properties'));
      await services.updateProperties(context, pathParameter(context, 'serviceId'), properties);
      return emptyReply;
    },

    UnregisterService: async (context) => {
      const force = readForce(context);
      await services.delete(context, pathParameter(context, 'serviceId'), force);
      return emptyReply;
    },

    UnregisterManyService: async (context, body) => {
      const { serviceIds, force } = decodeBody(body, (fields) => ({
        serviceIds: fields.textList('serviceIds'),
        force: fields.bool('force'),
      }));
      const deleted = await services.deleteMany(context, serviceIds, force);
      return jsonReply(new JsonWriter().structList('services', deleted, encodeDeleted).end());
    },
  };
}

async function serviceExistence(
  services: ServiceLifecycle,
  context: RequestContext,
): Promise<Reply> {
  const { query } = context;
  const serviceId = await services.exists(context, {
    environment: query.get('env'),
    appId: query.get('appId'),
    serviceName: query.get('serviceName'),
    version: query.get('version'),
  });
  return jsonReply(new JsonWriter().text('serviceId', serviceId).end());
}

async function schemaExistence(schemas: SchemaLifecycle, context: RequestContext): Promise<Reply> {
  const serviceId = context.query.get('serviceId');
  const schemaId = context.query.get('schemaId');
  const summary = await schemas.exists(context, serviceId, schemaId);
  const body = new JsonWriter().text('serviceId', serviceId).text('schemaId', schemaId).end();
  return jsonReply(body, ['X-Schema-Summary', summary]);
}

function readForce(context: RequestContext): boolean {
  switch (context.query.get('force')) {
    case '':
    case '0':
    case 'false':
      return false;
    case '1':
    case 'true':
      return true;
    default:
      throw new ServiceCenterError('invalidParameters', 'parameter force must be false or true');
  }
}

function encodeDeleted(deleted: DeletedService): string {
  return new JsonWriter()
    .text('errMessage', deleted.errMessage)
    .text('serviceId', deleted.serviceId)
    .end();
}
