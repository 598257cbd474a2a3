import type { EtcdKvStore } from '@service-center/backend-etcd';
import type { KvWatchBatch } from '@service-center/backend-kv';
import { ServiceCenterError, WatchError, type BackendHealth } from '@service-center/sdcommon';
import { TcpProxy, type EtcdNode } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openStore, put, startEtcd } from './test-etcd.ts';

let etcd: EtcdNode;
let proxy: TcpProxy;
let store: EtcdKvStore;

beforeEach(async () => {
  etcd = await startEtcd();
  proxy = await TcpProxy.listen({ targetPort: etcd.clientPort });
  store = await openStore([`http://${proxy.address}`], { requestTimeoutMs: 2000 });
});

afterEach(async () => {
  await store.close();
  await proxy[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

it('fails writes and renewals quickly while the store is away, and is back within two seconds', async () => {
  const { id } = await store.grantLease(600);
  const health: BackendHealth['status'][] = [];
  const subscription = store.health$.subscribe(({ status }) => health.push(status));
  await etcd.kill();
  for (let attempt = 0; attempt < 3; attempt++) {
    const startMs = performance.now();
    expect(await errorOf(put(store, '/cse-sr/a', '1'))).toBe('unavailableBackend');
    expect(await errorOf(store.renewLease(id))).toBe('unavailableBackend');
    expect(performance.now() - startMs).toBeLessThan(2000);
  }
  await expect.poll(() => health, { timeout: 5000 }).toEqual(['up', 'down']);

  await etcd.start();
  const backMs = performance.now();
  await expect.poll(() => store.renewLease(id), { timeout: 5000 }).toBe(600);
  expect(performance.now() - backMs).toBeLessThan(2000);
  await expect.poll(() => health, { timeout: 5000 }).toEqual(['up', 'down', 'up']);
  await put(store, '/cse-sr/a', '2');
  expect((await store.get('/cse-sr/a'))?.version).toBe(1n);
  subscription.unsubscribe();
});

it('goes on with renewals and reads when the connection is reset', async () => {
  const { id } = await store.grantLease(600);
  for (let round = 0; round < 5; round++) {
    await proxy.cut();
    await proxy.resume();
    await expect.poll(() => store.renewLease(id)).toBe(600);
    await expect.poll(() => store.get('/cse-sr/a').then(() => 'read')).toBe('read');
  }
});

it('does not repeat a write whose answer was lost', async () => {
  await put(store, '/cse-sr/a', '1');
  await proxy.halfOpen('toClient');
  expect(await errorOf(put(store, '/cse-sr/a', '2'))).toBe('unavailableBackend');
  await proxy.resume();

  // Written, once, though nobody was told.
  await expect
    .poll(() => store.get('/cse-sr/a'), { timeout: 10_000 })
    .toMatchObject({ value: '2', version: 2n });
});

it('ends a watch whose connection breaks, with a position that is good', async () => {
  const start = await put(store, '/cse-sr/a', '1');
  const before = watch(start);
  await put(store, '/cse-sr/a', '2');
  await before.until(() => before.values.length > 0);
  await proxy.cut();
  expect(await before.ended).toMatchObject({ reason: 'transport', positionLost: false });

  await etcd.etcdctl('put', '/cse-sr/a', '3');
  await proxy.resume();
  await expect.poll(() => store.currentRevision()).toBe(start + 2n);
  const after = watch(before.reached);
  await after.until(() => after.values.length > 0);
  expect([...before.values, ...after.values]).toEqual(['2', '3']);
});

it('is asked for a bounded time when it is silent', async () => {
  await proxy.halfOpen();
  const startMs = performance.now();
  const outcomes = await Promise.all([
    errorOf(put(store, '/cse-sr/a', '1')),
    errorOf(store.get('/cse-sr/a')),
    errorOf(store.renewLease(1n)),
    errorOf(store.currentRevision()),
  ]);

  expect(new Set(outcomes)).toEqual(new Set(['unavailableBackend']));
  expect(performance.now() - startMs).toBeLessThan(3000);
});

it('lets go of everything when it is closed while the store is silent', async () => {
  await proxy.halfOpen();
  const writing = errorOf(put(store, '/cse-sr/a', '1'));
  const startMs = performance.now();
  await store.close();

  expect(await writing).toBe('unavailableBackend');
  expect(performance.now() - startMs).toBeLessThan(500);
});

/** A session of the registry's keys. */
function watch(afterRevision: bigint): {
  readonly values: (string | undefined)[];
  readonly reached: bigint;
  readonly ended: Promise<unknown>;
  until(condition: () => boolean): Promise<void>;
} {
  const values: (string | undefined)[] = [];
  let reached = afterRevision;
  const ended = Promise.withResolvers<unknown>();
  const { signal } = new AbortController();
  store.watch({ prefix: '/cse-sr/', afterRevision, signal }).subscribe({
    next: ({ events, revision }: KvWatchBatch) => {
      for (const event of events) if (event.kind === 'put') values.push(event.record.value);
      reached = revision;
    },
    error: (error: unknown) => {
      if (!(error instanceof WatchError)) throw error;
      ended.resolve(error);
    },
  });
  return {
    values,
    get reached() {
      return reached;
    },
    ended: ended.promise,
    until: async (condition) => {
      await expect.poll(condition).toBe(true);
    },
  };
}

async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'no error';
  } catch (error) {
    return ServiceCenterError.is(error) ? error.errorName : String(error);
  }
}
