import type { AcceptedDifference } from './accepted-differences.ts';
import type { ReplayedScenario } from './replay-report.ts';

/** What a replay comes to. */
export interface ReplayJudgement {
  /** Scenarios without a difference beyond the accepted ones. */
  readonly passed: number;
  /** What is wrong, a line each. */
  readonly findings: readonly string[];
}

/**
 * Holds the replay of one set-up against the accepted differences. A difference that is not accepted is a finding, and
 * so is an accepted one that does not occur, where its step was compared: the list says what is, not what was.
 */
export function judgeReplay(
  folder: string,
  scenarios: readonly ReplayedScenario[],
  accepted: readonly AcceptedDifference[],
): ReplayJudgement {
  const ofFolder = accepted.filter((difference) => difference.folder === folder);
  const findings: string[] = [];
  let passed = 0;
  for (const { name, differentSteps, skippedSteps } of scenarios) {
    const acceptedSteps = new Set(
      ofFolder.filter(({ scenario }) => scenario === name).map(({ step }) => step),
    );
    const different = differentSteps.filter((step) => !acceptedSteps.has(step));
    const gone = [...acceptedSteps].filter(
      (step) => !differentSteps.includes(step) && !skippedSteps.includes(step),
    );
    if (different.length > 0) findings.push(`${folder}/${name} differs at ${different.join(', ')}`);
    if (gone.length > 0) {
      findings.push(`${folder}/${name} no longer differs at ${gone.join(', ')}: accept it no more`);
    }
    if (different.length === 0 && gone.length === 0) passed++;
  }
  const replayed = new Set(scenarios.map(({ name }) => name));
  for (const { scenario } of ofFolder) {
    if (!replayed.has(scenario)) findings.push(`${folder}/${scenario} was not replayed`);
  }
  return { passed, findings };
}
