import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { OpenApiChecker } from '@service-center/api-server/testing';
import { ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { conformanceCases } from '../src/cases/all-cases.ts';
import type { Exchanger } from '../src/exchange/exchange.ts';
import { HttpClient } from '../src/exchange/http-client.ts';
import { runFuzz } from '../src/fuzz/fuzz-run.ts';
import { runCases, selectCases } from '../src/run/run-cases.ts';

const jobs = 8;

it('answers every case and random requests as its own OpenAPI document says', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    await using server = await ServerProcess.start({ dataDirectory });
    const { baseUrl } = server;
    using client = new HttpClient({ baseUrl, connections: jobs });
    const document = await client.exchange({ method: 'GET', path: '/openapi.json', headers: {} });
    const checker = OpenApiChecker.parse(document.text);
    const violations = new Set<string>();
    let answers = 0;
    const exchanger: Exchanger = {
      exchange: async (request) => {
        const response = await client.exchange(request);
        answers++;
        const found = checker.check({
          method: request.method,
          target: request.path,
          status: response.status,
          headers: new Map(Object.entries(response.headers)),
          body: response.text,
        });
        for (const violation of found) violations.add(violation);
        return response;
      },
    };
    await runCases(selectCases(conformanceCases(), { only: [], profile: 'default' }), {
      exchanger,
      baseUrl,
      jobs,
      runName: 'o',
      settleMs: 0,
      watchDeadlineMs: 5000,
    });
    await runFuzz({ exchanger, seed: 1, jobs, requests: 500, runName: 'o' });
    expect([...violations]).toEqual([]);
    expect(answers).toBeGreaterThan(1000);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
});
