import { areas, routeRows, type RouteName } from '../case/routes.ts';
import type { FuzzResult } from '../fuzz/fuzz-run.ts';
import { holds, type Outcome } from '../run/outcome.ts';

/** How the cases of one route or area went. */
export interface RouteSummary {
  readonly name: RouteName;
  /** The route's row, method and path; empty for an area. */
  readonly about: string;
  readonly passed: number;
  readonly failures: readonly Outcome[];
}

/** How a run went. */
export interface Summary {
  readonly baseUrl: string;
  readonly seed: number;
  readonly durationMs: number;
  /** In the order of the route index, areas last; only those that were judged. */
  readonly routes: readonly RouteSummary[];
  readonly fuzz: FuzzResult | undefined;
  readonly passed: number;
  readonly failed: number;
}

/** What {@link summarize} puts together. */
export interface RunResult {
  readonly baseUrl: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly outcomes: readonly Outcome[];
  readonly fuzz: FuzzResult | undefined;
}

/** Counts outcomes by route. Each finding of the random requests counts as a failure, a run without one as a success. */
export function summarize({ outcomes, fuzz, ...run }: RunResult): Summary {
  const byRoute = Map.groupBy(outcomes, (outcome) => outcome.case.route);
  const known: readonly { readonly name: string; readonly about: string }[] = [
    ...routeRows().map(({ name, row, method, path }) => ({
      name,
      about: `#${row} ${method} ${path}`,
    })),
    ...areas.map((name) => ({ name, about: '' })),
  ];
  const routes = known.flatMap(({ name, about }): RouteSummary[] => {
    const entry = [...byRoute].find(([route]) => route === name);
    if (entry === undefined) return [];
    const [route, own] = entry;
    const failures = own.filter((outcome) => !holds(outcome));
    return [{ name: route, about, passed: own.length - failures.length, failures }];
  });
  const findings = fuzz?.findings.length ?? 0;
  return {
    ...run,
    routes,
    fuzz,
    passed: outcomes.filter(holds).length + (fuzz !== undefined && findings === 0 ? 1 : 0),
    failed: routes.reduce((sum, { failures }) => sum + failures.length, findings),
  };
}
