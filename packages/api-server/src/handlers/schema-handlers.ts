import type { SchemaLifecycle } from '@service-center/registry';
import { encodeSchema, JsonWriter, readSchema, ServiceCenterError } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { pathParameter, type RequestContext } from '../request/request-context.ts';
import { decodeBody } from './request-body.ts';

/** Contracts of services (spec 01 §4.6). */
export function createSchemaHandlers(
  schemas: SchemaLifecycle,
): Pick<Handlers, 'DeleteSchema' | 'GetSchema' | 'ListSchema' | 'PutSchema' | 'PutSchemas'> {
  return {
    GetSchema: async (context) => {
      const { schema, summary } = await schemas.get(
        context,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'schemaId'),
      );
      const body = new JsonWriter().text('schema', schema).end();
      return jsonReply(body, ['X-Schema-Summary', summary]);
    },

    ListSchema: async (context) => {
      const withContent = readWithSchema(context);
      const found = await schemas.list(context, pathParameter(context, 'serviceId'), withContent);
      return jsonReply(new JsonWriter().structList('schemas', found, encodeSchema).end());
    },

    PutSchema: async (context, body) => {
      if (context.route.form === 'v4') schemas.assertPutEnabled();
      const { schema, summary } = decodeBody(body, readSchema);
      const schemaId = pathParameter(context, 'schemaId');
      await schemas.put(context, pathParameter(context, 'serviceId'), {
        schemaId,
        schema,
        summary,
      });
      return emptyReply;
    },

    PutSchemas: async (context, body) => {
      const list = decodeBody(body, (fields) => fields.structList('schemas', readSchema));
      await schemas.replaceAll(context, pathParameter(context, 'serviceId'), list);
      return emptyReply;
    },

    DeleteSchema: async (context) => {
      await schemas.delete(
        context,
        pathParameter(context, 'serviceId'),
        pathParameter(context, 'schemaId'),
      );
      return emptyReply;
    },
  };
}

function readWithSchema(context: RequestContext): boolean {
  switch (context.query.get('withSchema').trim()) {
    case '':
    case '0':
      return false;
    case '1':
      return true;
    default:
      throw new ServiceCenterError('invalidParameters', 'parameter withSchema must be 1 or 0');
  }
}
