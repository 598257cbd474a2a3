import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ServerProcess } from '@service-center/testbed';

import { runCommand } from '../run-command.ts';
import type { Stage, StageContext } from '../stage.ts';
import { acceptedDifferences } from './accepted-differences.ts';
import { judgeReplay, type ReplayJudgement } from './judge-replay.ts';
import { readReplayReport } from './replay-report.ts';
import { recordedSetUps, type RecordedSetUp } from './set-ups.ts';
import { openEmbedded, openEtcd, type StoreUnderReplay } from './store-under-replay.ts';

/** How many scenarios run side by side; most of their time is waiting. */
const jobs = 8;
/** Two servers start at once, and each compiles its sources. */
const startTimeoutMs = 60_000;

/**
 * Replays exchanges that were recorded from the reference implementation, where they lie beside the checkout. Answers
 * are never old here and deletions of a known cause pass at once, so the replay pauses nowhere. Each set-up runs on the
 * embedded store and on an etcd, where the stored keys are compared as well; both side by side, since most of a replay is
 * waiting.
 */
export const recordedStage: Stage = {
  name: 'recorded',
  title: 'answers are those of the reference implementation',
  async run(context) {
    const shared = join(context.root, '../shared');
    if (!existsSync(join(shared, 'golden/replay'))) {
      process.stdout.write('no recorded exchanges beside this checkout: nothing was compared\n');
      return { passed: 0, failed: 0 };
    }
    // The first call installs what the tool needs, which two calls must not do at once.
    await runCommand(join(shared, 'golden/replay'), ['--help'], context.root);
    let passed = 0;
    let failed = 0;
    for (const setUp of recordedSetUps) {
      if (setUp.notServedYet.length > 0) {
        process.stdout.write(`${setUp.folder}: left out ${setUp.notServedYet.join(', ')}\n`);
      }
      const directory = join(context.scratch, setUp.folder);
      const stores = [await openEmbedded(directory), await openEtcd()];
      const judgements = await Promise.all(
        stores.map((store) => replaySetUp(setUp, store, shared, context)),
      );
      for (const judgement of judgements) {
        passed += judgement.passed;
        failed += judgement.findings.length;
        for (const finding of judgement.findings) process.stdout.write(`${finding}\n`);
      }
    }
    return { passed, failed };
  },
};

async function replaySetUp(
  setUp: RecordedSetUp,
  opened: StoreUnderReplay,
  shared: string,
  { root, scratch }: StageContext,
): Promise<ReplayJudgement> {
  await using store = opened;
  const folder = join(shared, 'fixtures', setUp.folder);
  const scenarios = (await readdir(folder))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
  const served = scenarios.filter((scenario) => !setUp.notServedYet.includes(scenario));
  await using server = await ServerProcess.start({
    ...store.serverOptions,
    environment: setUp.environment,
    startTimeoutMs,
  });
  const reportFile = join(scratch, `replay-${setUp.folder}-${store.name}.json`);
  // Its exit code says whether anything differs at all; the report says what, and is judged below.
  await runCommand(
    join(shared, 'golden/replay'),
    [
      `--base=${server.baseUrl}`,
      '--settle=0',
      '--cooldown=0',
      `--jobs=${jobs}`,
      `--only=${served.join(',')}`,
      `--report=${reportFile}`,
      ...store.replayFlags,
      folder,
    ],
    root,
  );
  await server.end('SIGTERM');
  const replayed = readReplayReport(await readFile(reportFile, 'utf8'));
  const { passed, findings } = judgeReplay(setUp.folder, replayed, acceptedDifferences);
  return { passed, findings: findings.map((finding) => `${store.name}: ${finding}`) };
}
