import type { TagLifecycle } from '@service-center/registry';
import { JsonWriter } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReply, jsonReply } from '../reply/reply.ts';
import { pathParameter } from '../request/request-context.ts';
import { decodeTags } from './request-body.ts';

/** Tags of services (spec 01 §4.4). */
export function createTagHandlers(
  tags: TagLifecycle,
): Pick<Handlers, 'DeleteTags' | 'GetTags' | 'PutTags' | 'UpdateTag'> {
  return {
    PutTags: async (context, body) => {
      await tags.replaceAll(context, pathParameter(context, 'serviceId'), decodeTags(body));
      return emptyReply;
    },

    GetTags: async (context) => {
      const found = await tags.get(context, pathParameter(context, 'serviceId'));
      return jsonReply(new JsonWriter().textMap('tags', found).end());
    },

    UpdateTag: async (context) => {
      const serviceId = pathParameter(context, 'serviceId');
      const key = pathParameter(context, 'key');
      await tags.update(context, serviceId, key, context.query.get('value'));
      return emptyReply;
    },

    DeleteTags: async (context) => {
      const serviceId = pathParameter(context, 'serviceId');
      await tags.delete(context, serviceId, pathParameter(context, 'key'));
      return emptyReply;
    },
  };
}
