import type { EtcdKvStore } from '@service-center/backend-etcd';
import { KvBackend } from '@service-center/backend-kv';
import { ServiceCenterError, SystemClock, type StoreOperation } from '@service-center/sdcommon';
import { TcpProxy, type EtcdNode } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openStore, startEtcd } from './test-etcd.ts';

/** A lock that is left to itself would be free after a minute. */
const options = { ttlSeconds: 60, signal: new AbortController().signal };
const soonMs = 5000;

let etcd: EtcdNode;
let proxy: TcpProxy;
let backend: KvBackend;
/** A store that nothing breaks, and another server on it. */
let sound: EtcdKvStore;
let other: KvBackend;
/** Is told of what the backend behind the proxy has done. */
let onOperation: ((operation: StoreOperation) => void) | undefined;

beforeEach(async () => {
  etcd = await startEtcd();
  proxy = await TcpProxy.listen({ targetPort: etcd.clientPort });
  onOperation = undefined;
  const observer = { observe: (operation: StoreOperation) => onOperation?.(operation) };
  const cuttable = await openStore([`http://${proxy.address}`], {
    requestTimeoutMs: 2000,
    observer,
  });
  const clock = new SystemClock();
  backend = new KvBackend({ kind: 'etcd', store: cuttable, clock });
  sound = await openStore([etcd.url]);
  other = new KvBackend({ kind: 'etcd', store: sound, clock });
});

afterEach(async () => {
  await backend.close();
  await other.close();
  await proxy[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

it('gives a lock back whose release was cut off, as soon as the connection is there again', async () => {
  await releaseWhileCutOff();
  expect(await other.tryLock('work', options)).toBeUndefined();
  const waiting = other.lock('work', options);
  await proxy.resume();
  const backMs = performance.now();

  await (await waiting).release();
  expect(performance.now() - backMs).toBeLessThan(soonMs);
});

it('takes a lock again whose release was cut off, without waiting for its return', async () => {
  await releaseWhileCutOff();
  await proxy.resume();
  let taken: unknown;
  const take = async (): Promise<unknown> =>
    (taken = await backend.tryLock('work', options).catch(unavailable));
  await expect.poll(take, { timeout: soonMs }).not.toBe('unavailable');

  expect(taken).toHaveProperty('renew');
  expect(await other.tryLock('work', options)).toBeUndefined();
});

it('releases a lock although the answer to that is lost', async () => {
  const lock = await backend.lock('work', options);
  await proxy.halfOpen('toClient');
  await lock.release();
  const next = await other.tryLock('work', options);
  expect(next).toBeDefined();
  await proxy.resume();

  // What is repeated must not touch the lock of the next holder.
  await expect
    .poll(() => backend.tryLock('work', options).catch(unavailable), { timeout: soonMs })
    .toBeUndefined();
  await next?.renew();
});

it('leaves no lock behind that was taken without an answer', async () => {
  const broken = Promise.withResolvers<void>();
  onOperation = (operation) => {
    if (operation === 'LEASE_GRANT') broken.resolve(proxy.halfOpen('toClient'));
  };
  const taking = backend.tryLock('work', options).catch(unavailable);
  await broken.promise;
  await expect.poll(() => sound.get('/lock/work')).toBeDefined();
  await proxy.cut();
  expect(await taking).toBe('unavailable');
  const waiting = other.lock('work', options);
  await proxy.resume();
  const backMs = performance.now();

  await (await waiting).release();
  expect(performance.now() - backMs).toBeLessThan(soonMs);
});

it('is closed at once while it still owes a lock', async () => {
  await releaseWhileCutOff();
  const startMs = performance.now();
  await backend.close();

  expect(performance.now() - startMs).toBeLessThan(500);
});

/** Has the connection break between the request to give a lock back and its arrival. */
async function releaseWhileCutOff(): Promise<void> {
  const lock = await backend.lock('work', options);
  await proxy.halfOpen('toServer');
  const releasing = lock.release();
  await expect.poll(() => proxy.swallowedBytes).toBeGreaterThan(0);
  await proxy.cut();
  await releasing;
}

function unavailable(error: unknown): string {
  if (ServiceCenterError.is(error, 'unavailableBackend')) return 'unavailable';
  throw error;
}
