import { describe, expect, it } from 'vitest';

import type { WireRequest } from '../src/exchange/exchange.ts';
import { HttpClient } from '../src/exchange/http-client.ts';
import { runFuzz, type FuzzResult } from '../src/fuzz/fuzz-run.ts';
import { mutate } from '../src/fuzz/mutation.ts';
import { SeededRandom } from '../src/run/seeded-random.ts';
import { FakeServer, reply, type FakeHandler } from './fake-server.ts';

const requestsPerRun = 60;

async function fuzz(handler: FakeHandler, seed = 1): Promise<FuzzResult> {
  await using server = await FakeServer.start(handler);
  using exchanger = new HttpClient({ baseUrl: server.baseUrl, deadlineMs: 300 });
  return await runFuzz({ exchanger, seed, jobs: 8, requests: requestsPerRun, runName: 'run' });
}

/** Whether a request is one of those around the random ones, which are always right. */
function isGround(body: string): boolean {
  return body.includes('"serviceName":"ground"') && body.includes('"instances"');
}

const refusal = { errorCode: '400001', errorMessage: 'Invalid parameter(s)' };

/** A server that takes what is right and refuses all else. */
function strict(...[request, body, response]: Parameters<FakeHandler>): void {
  if (isGround(body)) reply(response, 200, { serviceId: 's' });
  else if (request.method === 'GET') reply(response, 200, {});
  else reply(response, 400, refusal);
}

describe('random requests', () => {
  it('find nothing on a server that refuses them all', async () => {
    const { findings, refused, accepted } = await fuzz(strict);
    expect(findings).toEqual([]);
    expect(refused + accepted).toBe(requestsPerRun);
  });

  it('find a server that fails', async () => {
    const { findings } = await fuzz((request, body, response) => {
      if (isGround(body) || request.method === 'GET') strict(request, body, response);
      else reply(response, 500, { errorCode: '500003', errorMessage: 'Internal server error' });
    });
    expect(findings.length).toBeGreaterThan(10);
    expect(findings[0]?.problem).toContain('status');
  });

  it('find a server that hangs', async () => {
    let isFirst = true;
    const { findings } = await fuzz((request, body, response) => {
      if (isGround(body) || request.method === 'GET' || !isFirst) strict(request, body, response);
      else isFirst = false;
    });
    expect(findings.map(({ problem }) => problem)).toEqual(['it hangs']);
  });

  it('find a server that cuts the connection', async () => {
    const { findings } = await fuzz((request, body, response) => {
      if (isGround(body) || request.method === 'GET') strict(request, body, response);
      else request.socket.destroy();
    });
    expect(findings.some(({ problem }) => problem === 'no answer')).toBe(true);
  });

  it('find a write that is refused and yet done', async () => {
    let writes = 0;
    const { findings } = await fuzz((request, body, response) => {
      if (request.method === 'GET') reply(response, 200, { writes });
      else {
        if (!isGround(body)) writes += 1;
        strict(request, body, response);
      }
    });
    expect(findings.some(({ problem }) => problem.startsWith('it was refused and yet'))).toBe(true);
    expect(findings.at(-1)?.problem).toBe('a bystander was changed');
  });

  it('find a server that is gone', async () => {
    let requests = 0;
    const { findings } = await fuzz((request, body, response) => {
      requests += 1;
      if (requests > 20) request.socket.destroy();
      else strict(request, body, response);
    });
    expect(findings.at(-1)?.problem).toBe('the server is no longer well');
  });

  it('are the same for the same seed', () => {
    const request = {
      method: 'POST',
      path: '/a/b?c=d',
      headers: {},
      body: { a: [{ b: 'c' }], d: 'e' },
    };
    const series = (seed: number): WireRequest[] => {
      const random = new SeededRandom(seed);
      return Array.from({ length: 50 }, () => mutate(request, random));
    };
    expect(series(5)).toEqual(series(5));
    expect(series(5)).not.toEqual(series(6));
  });
});
