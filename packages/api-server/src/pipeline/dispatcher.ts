import type { IncomingMessage, ServerResponse } from 'node:http';

import { readRequestHeaders, type RequestHeaders } from '../request/request-headers.ts';
import { RouteMatcher } from '../routing/route-matcher.ts';
import type { ApiName } from '../routing/route-table.ts';
import type { Route } from '../routing/route.ts';
import type { Admission } from './admission.ts';
import { RecentMap } from './recent-map.ts';
import type { PreparedRequest, RequestChain } from './request-chain.ts';

/** What a {@link Dispatcher} works with. */
export interface DispatcherOptions {
  readonly admission: Admission;
  readonly chain: RequestChain;
  /** All routes; those marked hot are served here. */
  readonly routes: readonly Route<ApiName>[];
  /** How many different requests are remembered in a generation. */
  readonly capacity: number;
}

/**
 * The most characters that the deciding headers of a remembered request have together. Honest ones have a few hundred;
 * thousands of requests with headers as long as they may be would take half a gigabyte.
 */
const maxRememberedHeaders = 1024;

interface RememberedRequest {
  readonly headers: RequestHeaders;
  readonly prepared: PreparedRequest;
}

/**
 * Serves the hot routes in front of Express with the same admission, chain and handlers (design §3.5). A read that
 * was seen before, letter by letter, is neither parsed nor matched again: pollers repeat theirs for days.
 */
export class Dispatcher {
  readonly #admission: Admission;
  readonly #chain: RequestChain;
  readonly #matcher: RouteMatcher<ApiName>;
  readonly #remembered: RecentMap<RememberedRequest>;

  constructor(options: DispatcherOptions) {
    this.#admission = options.admission;
    this.#chain = options.chain;
    this.#matcher = new RouteMatcher(options.routes.filter((route) => route.isHot));
    this.#remembered = new RecentMap(options.capacity);
  }

  /**
   * Answers a request, if it is one of the hot ones or does not get past admission.
   *
   * @returns false when it is for somebody else
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { method = '', url = '' } = request;
    const isRead = method === 'GET';
    if (isRead) {
      const remembered = this.#remembered.get(url);
      if (
        remembered !== undefined &&
        isSame(remembered.headers, readRequestHeaders(request.rawHeaders))
      ) {
        this.#chain.run(remembered.prepared, request, response);
        return true;
      }
    }
    const admitted = this.#admission.admit(request, response);
    if (admitted === undefined) return true;
    const match = this.#matcher.match(method, admitted.target.path);
    if (match === undefined) {
      this.#admission.remember(request, admitted);
      return false;
    }
    const prepared = this.#chain.prepare(match, admitted);
    if (isRead && isShort(admitted.headers))
      this.#remembered.set(url, { headers: admitted.headers, prepared });
    this.#chain.run(prepared, request, response);
    return true;
  }
}

function isSame(left: RequestHeaders, right: RequestHeaders): boolean {
  return (
    left.consumerId === right.consumerId &&
    left.domainName === right.domainName &&
    left.tenantName === right.tenantName &&
    left.acceptEncoding === right.acceptEncoding &&
    left.origin === right.origin
  );
}

function isShort(headers: RequestHeaders): boolean {
  const { consumerId, domainName, tenantName, acceptEncoding, origin } = headers;
  const length =
    consumerId.length +
    domainName.length +
    tenantName.length +
    acceptEncoding.length +
    origin.length;
  return length <= maxRememberedHeaders;
}
