import type { IncomingMessage } from 'node:http';

import {
  ServiceCenterError,
  type InstanceKey,
  type ServiceIdentity,
} from '@service-center/sdcommon';

import { readRequestHeaders } from '../request/request-headers.ts';
import { isCleanPath, parseRequestTarget } from '../request/request-target.ts';
import { resolveTenant } from '../request/tenant-resolution.ts';
import { isRefusedUri } from '../request/uri-check.ts';
import { RouteMatcher } from '../routing/route-matcher.ts';
import type { ApiName } from '../routing/route-table.ts';
import type { Route } from '../routing/route.ts';

/** What a websocket is opened for. */
export type WebSocketTarget =
  | {
      readonly kind: 'watch';
      readonly consumer: ServiceIdentity;
      /** Whether what is there comes first. */
      readonly isListed: boolean;
    }
  | { readonly kind: 'heartbeat'; readonly instance: InstanceKey };

const webSocketApis: ReadonlySet<ApiName> = new Set(['Watch', 'ListAndWatch', 'Heartbeat']);

/** Reads from requests what a websocket is opened for (spec 04 §5.1). */
export class WebSocketTargets {
  readonly #matcher: RouteMatcher<ApiName>;

  /** @param routes - all routes; those of websockets are picked */
  constructor(routes: readonly Route<ApiName>[]) {
    this.#matcher = new RouteMatcher(routes.filter(({ api }) => webSocketApis.has(api)));
  }

  /** @returns undefined for an ordinary request, and for one that is to be answered with an error */
  of(request: IncomingMessage): WebSocketTarget | undefined {
    const { url = '' } = request;
    const parsed = parseRequestTarget(url);
    if (parsed === undefined || !isCleanPath(parsed.path) || isRefusedUri(url)) return undefined;
    const match = this.#matcher.match('GET', parsed.path);
    const serviceId = match?.params['serviceId'];
    if (match === undefined || serviceId === undefined) return undefined;
    const { route, params } = match;
    try {
      const headers = readRequestHeaders(request.rawHeaders);
      const tenant = resolveTenant(route.form, headers, params['project']);
      const { instanceId } = params;
      if (instanceId !== undefined) {
        return { kind: 'heartbeat', instance: { tenant, serviceId, instanceId } };
      }
      const isListed = route.api === 'ListAndWatch';
      return { kind: 'watch', consumer: { tenant, serviceId }, isListed };
    } catch (error) {
      if (ServiceCenterError.is(error)) return undefined;
      throw error;
    }
  }
}
