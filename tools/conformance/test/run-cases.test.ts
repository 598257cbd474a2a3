import { describe, expect, it } from 'vitest';

import type { ConformanceCase, Step } from '../src/case/case.ts';
import { anything } from '../src/case/pattern.ts';
import { done, get, json, post, put } from '../src/case/steps.ts';
import { HttpClient } from '../src/exchange/http-client.ts';
import type { Outcome } from '../src/run/outcome.ts';
import { runCases, selectCases } from '../src/run/run-cases.ts';
import { FakeServer, reply, type FakeHandler } from './fake-server.ts';

async function run(
  handler: FakeHandler,
  cases: readonly ConformanceCase[],
  { settleMs = 0, deadlineMs = 2000 } = {},
): Promise<Outcome[]> {
  await using server = await FakeServer.start(handler);
  using exchanger = new HttpClient({ baseUrl: server.baseUrl, deadlineMs });
  return await runCases(cases, {
    exchanger,
    baseUrl: server.baseUrl,
    jobs: 4,
    runName: 'run',
    settleMs,
    watchDeadlineMs: 500,
  });
}

function caseOf(...steps: readonly Step[]): ConformanceCase {
  return { route: 'get-service', title: 't', spec: '01 §1', steps, forms: ['v4'] };
}

const placesIn = ([outcome]: readonly Outcome[]): string[] =>
  outcome?.differences.map(({ at }) => at) ?? ['no outcome'];

describe('running cases', () => {
  it('sends what a case says, in a domain of its own, and carries captured values on', async () => {
    const seen: string[] = [];
    const outcomes = await run(
      (request, body, response) => {
        const { method, url, headers } = request;
        seen.push([method, url, headers['x-domain-name'], body].join(' '));
        if (request.method === 'POST') reply(response, 200, { serviceId: 'a b' });
        else reply(response, 200);
      },
      [
        {
          ...caseOf(
            post('R/microservices', { name: '${domain}' }, json({ serviceId: anything }), {
              capture: { s: 'serviceId' },
            }),
            put('R/microservices/x', { '${s}': '${fill:3}' }, done),
          ),
          forms: ['v4', 'v3'],
        },
      ],
    );
    expect(outcomes.map(({ form, differences }) => [form, differences])).toEqual([
      ['v4', []],
      ['v3', []],
    ]);
    expect(seen.toSorted()).toEqual([
      'POST /registry/v3/microservices run-1 {"name":"run-1"}',
      'POST /v4/default/registry/microservices run-0 {"name":"run-0"}',
      'PUT /registry/v3/microservices/x run-1 {"a b":"xxx"}',
      'PUT /v4/default/registry/microservices/x run-0 {"a b":"xxx"}',
    ]);
  });

  it('stops a case at its first wrong answer, and keeps what was said until then', async () => {
    const [outcome] = await run(
      (request, _body, response) => {
        reply(response, 200, { path: request.url });
      },
      [caseOf(get('/a', json(anything)), get('/b', json({})), get('/c', json({})))],
    );
    expect(outcome?.differences).toEqual([
      { at: '$.path', expected: 'no such member', got: '"/b"' },
    ]);
    expect(outcome?.exchanges.map(({ request }) => request.split('\n')[0])).toEqual([
      'GET /a',
      'GET /b',
    ]);
    expect(outcome?.exchanges.at(-1)?.response).toContain('{"path":"/b"}');
  });

  it('asks again while an effect may still come, and not for ever', async () => {
    let asked = 0;
    const handler: FakeHandler = (_request, _body, response) => {
      asked += 1;
      reply(response, 200, asked < 3 ? {} : { a: 1 });
    };
    const late = caseOf(get('/a', json({ a: 1 }), { withinMs: 1500 }));
    expect(placesIn(await run(handler, [late]))).toEqual([]);
    expect(asked).toBe(3);
    asked = 0;
    expect(placesIn(await run(handler, [caseOf(get('/a', json({ a: 1 })))]))).toEqual(['$.a']);
    asked = 0;
    expect(
      placesIn(await run(handler, [caseOf(get('/a', json({ a: 1 })))], { settleMs: 1500 })),
    ).toEqual([]);
    expect(placesIn(await run(handler, [caseOf(get('/a', json({}), { withinMs: 50 }))]))).toEqual([
      '$.a',
    ]);
  });

  it('fails a case whose request gets no answer in time', async () => {
    const outcomes = await run(() => undefined, [caseOf(get('/a', json({})))], { deadlineMs: 100 });
    expect(placesIn(outcomes)).toEqual(['answer']);
  });

  it('fails a case whose connection is cut', async () => {
    const outcomes = await run(
      (request) => request.socket.destroy(),
      [caseOf(get('/a', json({})))],
    );
    expect(placesIn(outcomes)).toEqual(['answer']);
  });

  it('fails a case that cannot go on without a captured value', async () => {
    const outcomes = await run(
      (_request, _body, response) => {
        reply(response, 200, {});
      },
      [caseOf(get('/a', json(anything), { capture: { s: 'serviceId' } }))],
    );
    expect(placesIn(outcomes)).toEqual(['serviceId']);
  });

  it('fails a case whose websocket is not opened', async () => {
    const outcomes = await run(
      (_request, _body, response) => {
        reply(response, 404);
      },
      [caseOf({ kind: 'watch-open', name: 'w', path: 'R/microservices/x/watcher' })],
    );
    expect(placesIn(outcomes)).toEqual(['websocket w']);
  });
});

describe('selecting cases', () => {
  const all: ConformanceCase[] = [
    { ...caseOf(), title: 'one of version' },
    { ...caseOf(), route: 'version', title: 'two' },
    { ...caseOf(), route: 'version', title: 'three', profile: 'quota' },
  ];
  const titles = (only: readonly string[], profile: 'default' | 'quota'): string[] =>
    selectCases(all, { only, profile }).map(({ title }) => title);

  it('takes those of a set-up, of a route by its name, or with a word in the title', () => {
    expect(titles([], 'default')).toEqual(['one of version', 'two']);
    expect(titles([], 'quota')).toEqual(['three']);
    expect(titles(['version'], 'default')).toEqual(['two']);
    expect(titles(['one'], 'default')).toEqual(['one of version']);
    expect(titles(['one', 'version'], 'default')).toEqual(['one of version', 'two']);
  });
});
