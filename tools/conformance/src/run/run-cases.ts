import type { ConformanceCase, Profile, Step } from '../case/case.ts';
import type { Form } from '../case/routes.ts';
import { pathIn } from '../case/paths.ts';
import { runCase, type CaseRunOptions } from './case-run.ts';
import type { Outcome } from './outcome.ts';

/** Which cases to run. */
export interface Selection {
  /** Names of routes or areas, or parts of titles; empty for all. */
  readonly only: readonly string[];
  readonly profile: Profile;
}

/** How to run them. */
export interface RunOptions extends CaseRunOptions {
  /** Cases that run side by side. */
  readonly jobs: number;
  /** Makes the run's domains differ from those of every other run. */
  readonly runName: string;
}

/** The cases of a selection. */
export function selectCases(
  cases: readonly ConformanceCase[],
  { only, profile }: Selection,
): ConformanceCase[] {
  const routesOrAreas = new Set<string>(cases.map(({ route }) => route));
  const isWanted = ({ route, title }: ConformanceCase): boolean =>
    only.length === 0 ||
    only.some((word) => (routesOrAreas.has(word) ? route === word : title.includes(word)));
  return cases.filter(
    (candidate) => (candidate.profile ?? 'default') === profile && isWanted(candidate),
  );
}

/** The forms in which a case can be run: all in which each of its paths exists. */
export function formsOf(candidate: ConformanceCase): readonly Form[] {
  if (candidate.forms !== undefined) return candidate.forms;
  const paths = candidate.steps.flatMap(pathsOf);
  const hasV3 =
    paths.some((path) => !path.startsWith('/')) &&
    paths.every((path) => path.startsWith('/') || pathIn('v3', path) !== undefined);
  return hasV3 ? ['v4', 'v3'] : ['v4'];
}

function pathsOf(step: Step): string[] {
  if (step.kind === 'http') return [step.request.path];
  return step.kind === 'watch-open' || step.kind === 'events-open' ? [step.path] : [];
}

/** Runs every case in every form, several at a time, and gives the outcomes in the order of the cases. */
export async function runCases(
  cases: readonly ConformanceCase[],
  options: RunOptions,
): Promise<Outcome[]> {
  const runs = cases.flatMap((candidate) =>
    formsOf(candidate).map((form) => ({ candidate, form })),
  );
  const outcomes: (Outcome | undefined)[] = runs.map(() => undefined);
  let next = 0;
  const work = async (): Promise<void> => {
    for (;;) {
      const index = next++;
      const run = runs[index];
      if (run === undefined) return;
      const domain = `${options.runName}-${index}`;
      outcomes[index] = await runCase(options, run.candidate, run.form, domain);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return outcomes.filter((outcome) => outcome !== undefined);
}
