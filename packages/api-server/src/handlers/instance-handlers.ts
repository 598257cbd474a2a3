import type { InstanceLifecycle } from '@service-center/registry';
import {
  emptyStringMap,
  JsonWriter,
  readMicroServiceInstance,
  type FieldReader,
  type HeartbeatSetElement,
  type InstanceHeartbeatResult,
} from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { pathParameter } from '../request/request-context.ts';
import { decodeBody, undecodable } from './request-body.ts';

/** Instances and their heartbeats (spec 01 §4.7). */
export function createInstanceHandlers(
  instances: InstanceLifecycle,
): Pick<
  Handlers,
  | 'PutInstanceProperties'
  | 'PutInstanceStatus'
  | 'PutManyInstanceStatus'
  | 'RegisterInstance'
  | 'SendHeartbeat'
  | 'SendManyHeartbeat'
  | 'UnregisterInstance'
> {
  return {
    RegisterInstance: async (context, body) => {
      const instance = decodeBody(
        body,
        (fields) => fields.struct('instance', readMicroServiceInstance),
        undecodable,
      );
      const serviceId = pathParameter(context, 'serviceId');
      const instanceId = await instances.register(context, serviceId, instance);
      return jsonReply(new JsonWriter().text('instanceId', instanceId).end());
    },

    UnregisterInstance: async (context) => {
      await instances.unregister(
        context,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'instanceId'),
      );
      return emptyReply;
    },

    PutInstanceProperties: async (context, body) => {
      const properties = decodeBody(body, (fields) => fields.textMap('properties'), undecodable);
      await instances.updateProperties(
        context,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'instanceId'),
        properties,
      );
      return emptyReply;
    },

    PutInstanceStatus: async (context) => {
      await instances.updateStatus(
        context,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'instanceId'),
        context.query.get('value'),
      );
      return emptyReply;
    },

    PutManyInstanceStatus: async (context, body) => {
      const { properties, status } = decodeBody(
        body,
        (fields) => ({
          properties: fields.struct('matches', (matches) => matches.textMap('properties')),
          status: fields.text('status'),
        }),
        undecodable,
      );
      await instances.updateStatusWhere(context, properties ?? emptyStringMap, status);
      return emptyReply;
    },

    SendHeartbeat: async (context) => {
      await instances.heartbeat(
        context.tenant,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'instanceId'),
      );
      return emptyReply;
    },

    SendManyHeartbeat: async (context, body) => {
      const elements = decodeBody(
        body,
        (fields) => fields.structList('instances', readHeartbeat),
        undecodable,
      );
      const results = await instances.heartbeatSet(context.tenant, elements);
      return jsonReply(new JsonWriter().structList('instances', results, encodeHeartbeat).end());
    },
  };
}

/** Names an instance in a body. @throws JsonShapeError */
export function readHeartbeat(fields: FieldReader): HeartbeatSetElement {
  return { serviceId: fields.text('serviceId'), instanceId: fields.text('instanceId') };
}

function encodeHeartbeat(result: InstanceHeartbeatResult): string {
  return new JsonWriter()
    .text('serviceId', result.serviceId)
    .text('instanceId', result.instanceId)
    .text('errMessage', result.errMessage)
    .end();
}
