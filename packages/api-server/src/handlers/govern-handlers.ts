import type { DetailPart, GovernViews, ServiceDetailQuery } from '@service-center/registry';
import { JsonWriter, ServiceCenterError } from '@service-center/sdcommon';

import type { Handlers } from '../pipeline/handler.ts';
import { jsonReply } from '../reply/reply.ts';
import { pathParameter, type RequestContext } from '../request/request-context.ts';
import {
  encodeListedService,
  encodeRelationGraph,
  encodeServiceDetail,
  encodeStatistics,
} from './govern-codec.ts';

/** What the handlers of the govern views work with. */
export interface GovernHandlerOptions {
  readonly govern: GovernViews;
  /** The instance properties that a list shows: those that the configuration gives every instance. */
  readonly shownProperties: readonly string[];
}

const detailParts = ['dependencies', 'instances', 'rules', 'schemas', 'tags'] as const;

/** The views of consoles and operators (spec 01 §4.10). */
export function createGovernHandlers(
  options: GovernHandlerOptions,
): Pick<
  Handlers,
  'GetAllApplications' | 'GetAllServicesInfo' | 'GetGraph' | 'GetServiceDetail' | 'GetStatistics'
> {
  const { govern } = options;
  const shownProperties = new Set(options.shownProperties);
  return {
    GetServiceDetail: async (context) => {
      const detail = await govern.detail(context, pathParameter(context, 'serviceId'));
      return jsonReply(`{"service":${encodeServiceDetail(detail)}}`);
    },

    GetAllServicesInfo: async (context) => {
      const { details, statistics } = await govern.list(context, readDetailQuery(context));
      return jsonReply(
        new JsonWriter()
          .structList('allServicesDetail', details, (detail) =>
            encodeListedService(detail, shownProperties),
          )
          .struct('statistics', statistics, encodeStatistics)
          .end(),
      );
    },

    GetGraph: async (context) =>
      jsonReply(
        encodeRelationGraph(await govern.relations(context, context.query.isTrue('withShared'))),
      ),

    GetAllApplications: async (context) => {
      const { query } = context;
      const apps = await govern.apps(context, query.get('env'), query.isTrue('withShared'));
      return jsonReply(new JsonWriter().textList('appIds', apps).end());
    },

    GetStatistics: async (context) =>
      jsonReply(`{"statistics":${encodeStatistics(await govern.statistics(context))}}`),
  };
}

function readDetailQuery({ query }: RequestContext): ServiceDetailQuery {
  const options = query.get('options').split(',');
  const isAll = options.includes('all');
  const parts = new Set<DetailPart>(detailParts.filter((part) => isAll || options.includes(part)));
  return {
    parts,
    withStatistics: isAll || options.includes('statistics'),
    isStatisticsOnly: options.length === 1 && options[0] === 'statistics',
    countOnly: readCountOnly(query.get('countOnly')),
    withShared: query.isTrue('withShared'),
    environment: query.get('env'),
    appId: query.get('appId'),
    serviceName: query.get('serviceName'),
    properties: query.all('property').map(splitProperty),
  };
}

function readCountOnly(text: string): boolean {
  switch (text.trim()) {
    case '':
    case '0':
      return false;
    case '1':
      return true;
    default:
      throw new ServiceCenterError('invalidParameters', 'parameter countOnly must be 1 or 0');
  }
}

function splitProperty(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
