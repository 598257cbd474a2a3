import {
  type CacheEvent,
  type Change,
  defaultTenant,
  type ListResult,
  type ListWatchResponse,
  type Position,
  type Resource,
  type ResourceRecord,
  type ResourceType,
  resourceTypes,
  silentLogger,
  SystemClock,
} from '@service-center/sdcommon';
import {
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
} from '@service-center/sdcommon/testing';
import { Subject } from 'rxjs';

import { CacheState } from '../src/cache/cache-state.ts';
import { ListApplier } from '../src/cache/list-applier.ts';
import { UnreadableRecords } from '../src/cache/unreadable-records.ts';
import { Barrier } from '../src/freshness/barrier.ts';
import { Aggregator } from '../src/index.ts';
import { SelfPreservation } from '../src/preservation/self-preservation.ts';

/*
 * What the caches cost, without a store: run it with
 *   node --expose-gc --conditions=@service-center/source packages/aggregator/test/aggregator.bench.ts
 */

const serviceCount = 10_000;
const instanceCount = 100_000;
const clock = new SystemClock();
const preservationOff = { percentage: 0 };

function report(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(70)} ${value.toFixed(value < 10 ? 2 : 0)} ${unit}\n`);
}

/** What this thread has worked so far: the figures then hold on a busy machine too. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What a run makes this thread work, milliseconds. */
async function costMs(run: () => Promise<void> | void): Promise<number> {
  const startMs = workedMs();
  await run();
  return workedMs() - startMs;
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function positionAt(order: bigint): Position {
  return { order, epoch: 'bench', resume: '' };
}

function listOf(resources: readonly Resource[], order: bigint): ListResult<ResourceType> {
  return { position: positionAt(order), resources, unreadable: [] };
}

function serviceRecord(index: number): ResourceRecord<'SERVICE'> {
  const revision = BigInt(index + 1);
  const service = sampleService({ serviceId: `service-${index}`, serviceName: `name-${index}` });
  const draft = serviceDraft(defaultTenant, service);
  return { ...draft, createRevision: revision, modRevision: revision, version: 1n };
}

function instanceRecord(index: number, revision: bigint): ResourceRecord<'INSTANCE'> {
  const instance = sampleInstance({
    serviceId: `service-${index % serviceCount}`,
    instanceId: `instance-${index}`,
  });
  const draft = instanceDraft(defaultTenant, instance);
  return { ...draft, createRevision: revision, modRevision: revision, version: 1n };
}

async function measureDiff(): Promise<void> {
  const state = new CacheState({});
  const preservation = new SelfPreservation({
    clock,
    logger: silentLogger,
    options: preservationOff,
    population: () => state.cachers.INSTANCE.size,
    release: () => undefined,
  });
  let events = 0;
  const applier = new ListApplier({
    clock,
    state,
    preservation,
    unreadable: new UnreadableRecords(silentLogger, () => undefined),
    publish: (published: readonly CacheEvent[]) => {
      events += published.length;
    },
  });
  const { signal } = new AbortController();
  const cached: Resource[] = [];
  for (let index = 0; index < 290_000; index++) cached.push(instanceRecord(index, 1n));
  const listed: Resource[] = [];
  for (let index = 290_000; index < 300_000; index++) listed.push(instanceRecord(index, 2n));
  await applier.apply(listOf(cached, 1n), true, signal);
  events = 0;
  const ms = await costMs(() => applier.apply(listOf(listed, 2n), false, signal));
  report(`list of 10,000 new against a cache of 290,000 (${events} events)`, ms, 'ms');
}

async function measureAggregator(): Promise<void> {
  const stored: Resource[] = [];
  for (let index = 0; index < serviceCount; index++) stored.push(serviceRecord(index));
  for (let index = 0; index < instanceCount; index++) {
    stored.push(instanceRecord(index, BigInt(serviceCount + index)));
  }
  const position = positionAt(200_000n);
  const responses$ = new Subject<ListWatchResponse<ResourceType>>();
  const before = heapMiB();
  await using aggregator = new Aggregator({
    backend: {
      feed: {
        types: resourceTypes,
        list: async () => ({ position, resources: stored, unreadable: [] }),
        watch: () => responses$,
      },
      position: async () => position,
    },
    clock,
    checkIntervalMs: 0,
    selfPreservation: preservationOff,
  });
  report(`first list of ${stored.length} records`, await costMs(() => aggregator.start()), 'ms');
  report('caches and indexes of them, beside the records', heapMiB() - before, 'MiB');
  report(
    'check of them against the store',
    await costMs(async () => void (await aggregator.check())),
    'ms',
  );
  await measureChanges(aggregator, responses$, position);
  measureFind(aggregator);
}

async function measureChanges(
  aggregator: Aggregator,
  responses$: Subject<ListWatchResponse<ResourceType>>,
  start: Position,
): Promise<void> {
  let seen = 0;
  aggregator.events('INSTANCE').subscribe(() => seen++);
  const count = 100_000;
  const changes = Array.from({ length: count }, (_, index): Change => {
    const revision = start.order + BigInt(index + 1);
    return { action: 'put', type: 'INSTANCE', resource: instanceRecord(index, revision) };
  });
  const ms = await costMs(async () => {
    for (const [index, change] of changes.entries()) {
      const position = positionAt(start.order + BigInt(index + 1));
      responses$.next({ changes: [change], position });
      if (index % 100 === 99) await aggregator.waitFor(position, { timeoutMs: 5000 });
    }
  });
  report(
    `a change from the feed to its follower, in bursts of 100 (${seen} seen)`,
    (ms / count) * 1000,
    'us',
  );
}

function measureFind(aggregator: Aggregator): void {
  const roots = Array.from({ length: 1000 }, (_, index) => ({
    tenant: defaultTenant,
    environment: '',
    appId: 'shop',
    serviceName: `name-${index}`,
  }));
  const resolve = (serviceName: string) => () => ({
    serviceIds: aggregator.services
      .versions(defaultTenant, '', 'shop', serviceName)
      .map(({ identity }) => identity.serviceId),
    isFiltered: false,
  });
  const requestKey = '0.0.0+ consumer';
  const lookUpAll = (): void => {
    for (const root of roots) {
      aggregator.findCache.lookup(root, requestKey, resolve(root.serviceName));
    }
  };
  const perLookup = (rounds: number): number => {
    const startMs = workedMs();
    for (let round = 0; round < rounds; round++) lookUpAll();
    return ((workedMs() - startMs) / rounds / roots.length) * 1000;
  };
  report('a find answer of 10 instances made anew', perLookup(1), 'us');
  perLookup(100);
  report('a find answer looked up, 1000 names in turn', perLookup(1000), 'us');
}

async function measureBarrier(): Promise<void> {
  const barrier = new Barrier({ clock });
  const count = 200_000;
  const ms = await costMs(async () => {
    for (let order = 0; order < count; order += 100) {
      const waits: Promise<boolean>[] = [];
      for (let index = 1; index <= 100; index++) {
        waits.push(barrier.waitFor(positionAt(BigInt(order + index)), { timeoutMs: 3000 }));
      }
      for (let index = 1; index <= 100; index++) barrier.advance(positionAt(BigInt(order + index)));
      await Promise.all(waits);
    }
  });
  barrier.close();
  report('a wait for a position, 100 at a time', (ms / count) * 1000, 'us');
}

await measureDiff();
await measureAggregator();
await measureBarrier();
