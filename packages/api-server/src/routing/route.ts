/** The methods that can be routed (spec 01 §1.4). */
export type RouteMethod = 'DELETE' | 'GET' | 'POST' | 'PUT';

/** Which headers and path segments name the tenant (spec 01 §1.5). */
export type RouteForm = 'plain' | 'v3' | 'v4';

/**
 * What a request body may be: none is read, or its limit is the general one, that of instance registration, or that
 * of property updates (spec 01 §8).
 */
export type RouteBody = 'general' | 'instance' | 'none' | 'properties';

/** One row of the route index (spec 01 §3). */
export interface RouteSpec<Name extends string = string> {
  /** The handler, and the value of the metric label `api`. */
  readonly api: Name;
  readonly method: RouteMethod;
  /** The v4 pattern, or the only one; a parameter is a segment that starts with a colon. */
  readonly path: string;
  /** The v3 pattern, where there is one. */
  readonly v3?: string;
  /** Default `none`. */
  readonly body?: RouteBody;
  /** Served by the dispatcher in front of Express (design §3.5). */
  readonly isHot?: true;
  /** Never in the access log (spec 01 §9). */
  readonly isUnlogged?: true;
  /** Only there while services have black and white lists. */
  readonly requires?: 'rules';
}

/** One pattern with one method. */
export interface Route<Name extends string = string> {
  readonly api: Name;
  readonly method: RouteMethod;
  readonly pattern: string;
  readonly form: RouteForm;
  readonly body: RouteBody;
  readonly isHot: boolean;
  readonly isLogged: boolean;
}

/** Lists every pattern of the rows, in their order. */
export function expandRoutes<Name extends string>(rows: readonly RouteSpec<Name>[]): Route<Name>[] {
  return rows.flatMap((row) => {
    const common = {
      api: row.api,
      method: row.method,
      body: row.body ?? 'none',
      isHot: row.isHot === true,
      isLogged: row.isUnlogged !== true,
    };
    const v4 = { ...common, pattern: row.path, form: formOf(row.path) };
    return row.v3 === undefined ? [v4] : [v4, { ...common, pattern: row.v3, form: formOf(row.v3) }];
  });
}

/** The patterns of the routes, each with its routes by method, in table order. */
export function groupByPattern<Name extends string>(
  routes: readonly Route<Name>[],
): Map<string, Route<Name>[]> {
  return Map.groupBy(routes, (route) => route.pattern);
}

function formOf(pattern: string): RouteForm {
  if (pattern.startsWith('/v4/')) return 'v4';
  return pattern.startsWith('/registry/v3/') ? 'v3' : 'plain';
}
