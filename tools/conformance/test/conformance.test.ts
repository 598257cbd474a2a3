import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServerProcess, type ServerProcessOptions } from '@service-center/testbed';
import { describe, expect, it } from 'vitest';

import type { Profile } from '../src/case/case.ts';
import { conformanceCases } from '../src/cases/all-cases.ts';
import { HttpClient } from '../src/exchange/http-client.ts';
import { runFuzz } from '../src/fuzz/fuzz-run.ts';
import { consoleReport } from '../src/report/console-report.ts';
import { summarize } from '../src/report/summary.ts';
import { runCases, selectCases } from '../src/run/run-cases.ts';

const seed = 20_261_121;
const jobs = 8;

async function judgeServer(
  profile: Profile,
  fuzzRequests: number,
  options: Pick<ServerProcessOptions, 'environment'> = {},
): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    await using server = await ServerProcess.start({ dataDirectory, ...options });
    const { baseUrl } = server;
    using exchanger = new HttpClient({ baseUrl, connections: jobs });
    const startedMs = performance.now();
    const outcomes = await runCases(selectCases(conformanceCases(), { only: [], profile }), {
      exchanger,
      baseUrl,
      jobs,
      runName: 'c',
      settleMs: 0,
      watchDeadlineMs: 5000,
    });
    const fuzz =
      fuzzRequests === 0
        ? undefined
        : await runFuzz({ exchanger, seed, jobs, requests: fuzzRequests, runName: 'c' });
    const durationMs = performance.now() - startedMs;
    return consoleReport(summarize({ baseUrl, seed, outcomes, fuzz, durationMs }));
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

describe('our server', () => {
  it('does all that the contract demands, and withstands random requests', async () => {
    expect(await judgeServer('default', 500)).toMatch(/\b[1-9]\d* passed, 0 failed\n$/);
  });

  it('keeps to its quotas', async () => {
    const environment = { QUOTA_SERVICE: '3', QUOTA_INSTANCE: '3' };
    expect(await judgeServer('quota', 0, { environment })).toMatch(
      /\b[1-9]\d* passed, 0 failed\n$/,
    );
  });

  it('takes no single schema where that is switched off', async () => {
    const environment = { SCHEMA_DISABLE: 'true' };
    expect(await judgeServer('schema-disabled', 0, { environment })).toMatch(
      /\b[1-9]\d* passed, 0 failed\n$/,
    );
  });

  it('protects the schemas of services in production where they are frozen', async () => {
    const environment = { SCHEMA_EDITABLE: 'false' };
    expect(await judgeServer('schema-frozen', 0, { environment })).toMatch(
      /\b[1-9]\d* passed, 0 failed\n$/,
    );
  });
});
