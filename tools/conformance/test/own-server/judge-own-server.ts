import { ServerProcess, type ServerProcessOptions } from '@service-center/testbed';

import { conformanceCases } from '../../src/cases/all-cases.ts';
import { HttpClient } from '../../src/exchange/http-client.ts';
import { runFuzz } from '../../src/fuzz/fuzz-run.ts';
import { summarize, type Summary } from '../../src/report/summary.ts';
import { runCases, selectCases } from '../../src/run/run-cases.ts';
import type { OwnSetUp } from './set-ups.ts';

const seed = 20_261_121;
const jobs = 8;

/**
 * Starts a server of ours and judges it.
 *
 * @param store - what makes the server use the store that is meant; its domains must be free of earlier runs
 */
export async function judgeOwnServer(
  { profile, environment, fuzzRequests }: OwnSetUp,
  store: Pick<ServerProcessOptions, 'dataDirectory' | 'flags'>,
): Promise<Summary> {
  await using server = await ServerProcess.start({ ...store, environment, startTimeoutMs: 60_000 });
  const { baseUrl } = server;
  using exchanger = new HttpClient({ baseUrl, connections: jobs });
  const startedMs = performance.now();
  // A domain of its own for each set-up: on an etcd they follow one another on the same store.
  const runName = `c-${profile}`;
  const outcomes = await runCases(selectCases(conformanceCases(), { only: [], profile }), {
    exchanger,
    baseUrl,
    jobs,
    runName,
    settleMs: 0,
    watchDeadlineMs: 5000,
  });
  const fuzz =
    fuzzRequests === 0
      ? undefined
      : await runFuzz({ exchanger, seed, jobs, requests: fuzzRequests, runName });
  const durationMs = performance.now() - startedMs;
  return summarize({ baseUrl, seed, outcomes, fuzz, durationMs });
}

/** What makes a server use an etcd. */
export function onEtcd(endpoints: readonly string[]): Pick<ServerProcessOptions, 'flags'> {
  const list = `registry.etcd.cluster.endpoints=${endpoints.join(',')}`;
  return { flags: ['--set', 'registry.kind=etcd', '--set', list] };
}
