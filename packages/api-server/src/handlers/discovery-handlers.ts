import type { Discovery, PreparedFind } from '@service-center/registry';

import { ServiceCenterError } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { jsonReply, notModifiedReply } from '../reply/reply.ts';
import { pathParameter, type RequestContext } from '../request/request-context.ts';
import type { AnswerReplies } from './answer-replies.ts';
import { encodeBatchFind, readBatchFind } from './batch-find-codec.ts';
import { decodeBody, undecodable } from './request-body.ts';

/** What the handlers of discovery work with. */
export interface DiscoveryHandlerOptions {
  readonly discovery: Discovery;
  readonly replies: AnswerReplies;
}

/** Finding, listing and getting instances (spec 01 §4.7, rows 25, 26 and 31). */
export function createDiscoveryHandlers(
  options: DiscoveryHandlerOptions,
): Pick<Handlers, 'BatchFindInstances' | 'FindInstances' | 'GetInstance' | 'ListInstance'> {
  const { discovery, replies } = options;
  const prepared = new WeakMap<RequestContext, PreparedFind>();
  return {
    FindInstances: (context) => {
      let find = prepared.get(context);
      if (find === undefined) {
        find = prepareFind(discovery, context);
        prepared.set(context, find);
      }
      const answer = context.noCache
        ? discovery.answerFresh(find, context.signal)
        : discovery.answer(find, context.rev);
      if (answer instanceof Promise) return answer.then((found) => replies.of(found, context.rev));
      return replies.of(answer, context.rev);
    },

    BatchFindInstances: async (context, body) => {
      const type = context.query.get('type');
      if (type !== 'query') {
        throw new ServiceCenterError('invalidParameters', `Invalid action: ${type}`);
      }
      const { consumerId, targetTenant } = context;
      const request = { ...decodeBody(body, readBatchFind, undecodable), consumerId, targetTenant };
      return jsonReply(encodeBatchFind(await discovery.findMany(context, request)));
    },

    ListInstance: async (context) =>
      replies.of(
        await discovery.listInstances(context, instanceQuery(context), context.rev),
        context.rev,
      ),

    GetInstance: async (context) => {
      const query = {
        ...instanceQuery(context),
        instanceId: pathParameter(context, 'instanceId'),
      };
      const { revision, record } = await discovery.getInstance(context, query, context.rev);
      if (context.rev !== '' && context.rev === revision) return notModifiedReply(revision);
      return jsonReply(`{"instance":${record.encoded}}`, ['X-Resource-Revision', revision]);
    },
  };
}

function prepareFind(discovery: Discovery, context: RequestContext): PreparedFind {
  const { query } = context;
  return discovery.prepare({
    tenant: context.tenant,
    targetTenant: context.targetTenant,
    consumerId: context.consumerId,
    environment: query.get('env'),
    appId: query.get('appId'),
    serviceName: query.get('serviceName'),
    version: query.get('version'),
    tags: query.get('tags'),
  });
}

function instanceQuery(context: RequestContext): {
  readonly consumerId: string;
  readonly serviceId: string;
  readonly tags: string;
} {
  return {
    consumerId: context.consumerId,
    serviceId: pathParameter(context, 'serviceId'),
    tags: context.query.get('tags'),
  };
}
