import type { Stage, StageContext, StageResult } from './stage.ts';

/**
 * Runs stages one after the other and goes on after a failure, so that one run tells everything.
 *
 * @param stages - what to run, in order
 * @param context - what each is given
 * @param print - takes each line of the run's own output
 * @returns the sum over all stages; the last line printed is `N passed, N failed`
 */
export async function runStages(
  stages: readonly Stage[],
  context: StageContext,
  print: (line: string) => void,
): Promise<StageResult> {
  const total = { passed: 0, failed: 0 };
  const summary: string[] = [];
  for (const stage of stages) {
    print(`\n=== ${stage.name}: ${stage.title}`);
    const startedAt = performance.now();
    const result = await runStage(stage, context, print);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const outcome = result.failed === 0 ? 'ok' : 'FAILED';
    print(`=== ${stage.name}: ${outcome} in ${seconds} s`);
    summary.push(
      `${outcome.padEnd(6)} ${stage.name.padEnd(12)} ${seconds.padStart(7)} s  ${result.passed} passed, ${result.failed} failed`,
    );
    total.passed += result.passed;
    total.failed += result.failed;
  }
  print(`\n${summary.join('\n')}\n`);
  print(`${total.passed} passed, ${total.failed} failed`);
  return total;
}

async function runStage(
  stage: Stage,
  context: StageContext,
  print: (line: string) => void,
): Promise<StageResult> {
  try {
    return await stage.run(context);
  } catch (error) {
    // The stage itself broke (a tool that cannot start, a report that was not written): a failure like any other.
    print(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { passed: 0, failed: 1 };
  }
}
