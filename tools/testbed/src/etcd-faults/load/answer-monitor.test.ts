import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { RegistryClient } from '../../server/registry-client.ts';
import { FaultFigures } from '../fault-figures.ts';
import { AnswerMonitor, type WatchedInstance } from './answer-monitor.ts';

/** The instances that the registry answers with; undefined: an error. */
let answer: readonly string[] | undefined;
let registry: Server;
let figures: FaultFigures;
let missed: string[];

beforeEach(async () => {
  answer = [];
  figures = new FaultFigures();
  missed = [];
  registry = createServer((_request, response) => {
    response.statusCode = answer === undefined ? 500 : 200;
    const instances = (answer ?? []).map((instanceId) => ({ instanceId, status: 'UP' }));
    response.end(JSON.stringify({ instances }));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
});
afterEach(async () => {
  registry.close();
  registry.closeAllConnections();
  await once(registry, 'close');
});

/** Watches one instance at one server, for some finds in each phase. */
async function watch(
  given: { readonly isOwn: boolean; readonly isLive: boolean },
  ...phases: readonly (readonly string[] | undefined)[]
): Promise<void> {
  const address = registry.address();
  if (address === null || typeof address === 'string') throw new Error('nobody listens');
  using client = new RegistryClient(`http://127.0.0.1:${address.port}`);
  const server = { name: 'server', client };
  const acceptedMs = given.isLive ? performance.now() : undefined;
  const instance: WatchedInstance = {
    instanceId: 'a',
    server: given.isOwn ? server : { name: 'other', client },
    acceptedMs,
    liveSinceMs: acceptedMs,
    missedIn: (what) => missed.push(what),
  };
  const instances = [instance];
  const monitor = new AnswerMonitor({ server, appId: 'x', serviceName: 'y', instances, figures });
  const ending = new AbortController();
  const running = monitor.run(ending.signal);
  for (const phase of phases) {
    answer = phase;
    const before = figures.finds + figures.problems.length;
    await expect.poll(() => figures.finds + figures.problems.length).toBeGreaterThan(before + 2);
  }
  ending.abort();
  await running;
}

it('finds nothing wrong with an answer that has every live instance', async () => {
  await watch({ isOwn: true, isLive: true }, ['a']);
  expect(missed).toEqual([]);
  expect(figures.problems).toEqual([]);
});

it('misses a live instance at the server that it talks to', async () => {
  await watch({ isOwn: true, isLive: true }, []);
  expect(missed[0]).toContain('is missing in an answer of server');
});

it('misses a live instance at another server from when that one has shown it', async () => {
  await watch({ isOwn: false, isLive: true }, []);
  expect(missed).toEqual([]);
  await watch({ isOwn: false, isLive: true }, ['a'], []);
  expect(missed).toHaveLength(1);
});

it('does not miss an instance whose heartbeats are not accepted', async () => {
  await watch({ isOwn: true, isLive: false }, ['a'], []);
  expect(missed).toEqual([]);
});

it('blames a server that does not answer', async () => {
  await watch({ isOwn: true, isLive: true }, undefined);
  expect(figures.problems[0]).toContain('server did not answer a find');
});
