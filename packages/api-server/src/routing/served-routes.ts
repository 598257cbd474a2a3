import { routeTable, type ApiName } from './route-table.ts';
import { expandRoutes, type Route, type RouteSpec } from './route.ts';

/** What decides which routes a server has. */
export interface ServedRoutesOptions {
  /** Whether services have black and white lists (`registry.rule.enable`). */
  readonly hasRules: boolean;
}

/** The routes that a server has, in the order of the table. */
export function servedRoutes({ hasRules }: ServedRoutesOptions): Route<ApiName>[] {
  const rows: readonly RouteSpec<ApiName>[] = routeTable;
  return expandRoutes(rows.filter(({ requires }) => requires !== 'rules' || hasRules));
}
