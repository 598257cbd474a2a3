import type { Dependencies, DependencyFilter } from '@service-center/registry';
import { readConsumerDependency } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { emptyReplyWith, jsonReply, type Reply } from '../reply/reply.ts';
import { pathParameter, type RequestContext } from '../request/request-context.ts';
import { encodedList } from './encoded-list.ts';
import { decodeBody } from './request-body.ts';

// The reference marks these two routes as outdated, and only when they succeed (spec 01 §4.8).
const declared = emptyReplyWith(['Deprecation', 'version="v4"']);

/** Who depends on whom (spec 01 §4.8). */
export function createDependencyHandlers(
  dependencies: Dependencies,
): Pick<
  Handlers,
  'AddDependencies' | 'GetConProDependencies' | 'GetProConDependencies' | 'PutDependencies'
> {
  const declare = async (
    context: RequestContext,
    body: string,
    mode: 'add' | 'override',
  ): Promise<Reply> => {
    const list = decodeBody(body, (fields) =>
      fields.structList('dependencies', readConsumerDependency),
    );
    await dependencies.declare(context, list, mode);
    return declared;
  };
  return {
    AddDependencies: (context, body) => declare(context, body, 'add'),
    PutDependencies: (context, body) => declare(context, body, 'override'),

    GetConProDependencies: async (context) => {
      const consumerId = pathParameter(context, 'consumerId');
      const providers = await dependencies.providersOf(context, consumerId, readFilter(context));
      return jsonReply(encodedList('providers', providers));
    },

    GetProConDependencies: async (context) => {
      const providerId = pathParameter(context, 'providerId');
      const consumers = await dependencies.consumersOf(context, providerId, readFilter(context));
      return jsonReply(encodedList('consumers', consumers));
    },
  };
}

function readFilter(context: RequestContext): DependencyFilter {
  return {
    sameDomain: context.query.get('sameDomain') === '1',
    noSelf: context.query.get('noSelf') === '1',
  };
}
