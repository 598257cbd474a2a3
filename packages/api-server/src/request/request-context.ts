import type { Tenant } from '@service-center/sdcommon';

import type { Route } from '../routing/route.ts';
import type { Query } from './query.ts';

/**
 * Everything a handler may know of a request. It depends on nothing but the request line and the deciding headers, so
 * one object serves all requests that are equal in these, and handlers may remember what they made of it.
 */
export interface RequestContext {
  readonly route: Route;
  /** Path parameters by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly tenant: Tenant;
  /** Where shared services are looked for: in the v3 form the domain of `X-Domain-Name` counts (spec 04 §0.4). */
  readonly targetTenant: Tenant;
  /** `X-ConsumerId`; `''` when absent. */
  readonly consumerId: string;
  /** Answer from the store, not from memory (spec 01 §1.6). */
  readonly noCache: boolean;
  /** The revision the client holds; `''` when it holds none or asked for a read of its own kind. */
  readonly rev: string;
  /** Aborted when the server is shut down. */
  readonly signal: AbortSignal;
}

/** A path parameter that the route's pattern has. @throws Error when it has none of that name */
export function pathParameter(context: RequestContext, name: string): string {
  const value = context.params[name];
  if (value === undefined) throw new Error(`${context.route.pattern} has no parameter ${name}`);
  return value;
}
