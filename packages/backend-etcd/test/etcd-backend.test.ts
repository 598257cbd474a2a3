import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { EtcdBackend, type EtcdKvStore } from '@service-center/backend-etcd';
import type { KvEvent } from '@service-center/backend-kv';
import {
  defaultTenant,
  silentLogger,
  SystemClock,
  type StoreOperation,
} from '@service-center/sdcommon';
import type { EtcdNode } from '@service-center/testbed';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { LogLines } from './log-lines.ts';
import { empty, openStore, put, startEtcd } from './test-etcd.ts';

const run = promisify(execFile);
const prefix = '/cse-sr/';
const { signal } = new AbortController();

let etcd: EtcdNode;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(async () => {
  await etcd[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await using store = await openStore([etcd.url]);
  await empty(store);
});

it('opens the registry on a cluster, and compacts its history', async () => {
  const options = { endpoints: [etcd.url], clock: new SystemClock(), logger: silentLogger };
  await using backend = await EtcdBackend.open({
    ...options,
    compaction: { intervalMs: 50, keptRevisions: 2 },
  });
  await backend.tenants.ensure(defaultTenant);
  expect(backend.kind).toBe('etcd');
  await using store = await openStore([etcd.url]);
  const early = await put(store, `${prefix}a`, '1');
  for (let index = 0; index < 5; index++) await put(store, `${prefix}a`, String(index));

  await expect
    .poll(() => store.range({ prefix, atRevision: early }).catch(reasonOf))
    .toBe('compacted');
});

it('keeps a process alive that has nothing but the store, and lets it end', async () => {
  const program = `
    import { EtcdKvStore } from '@service-center/backend-etcd';
    import { silentLogger, SystemClock } from '@service-center/sdcommon';
    const options = { endpoints: ['${etcd.url}'], clock: new SystemClock(), logger: silentLogger };
    const store = await EtcdKvStore.open(options);
    store.watch({ prefix: '/', afterRevision: 1n, signal: new AbortController().signal }).subscribe();
    await store.currentRevision();
    await store.close();
    process.stdout.write('closed');`;
  const { stdout } = await run(
    process.execPath,
    [...process.execArgv, '--input-type=module', '--eval', program],
    { cwd: import.meta.dirname, timeout: 20_000 },
  );

  expect(stdout).toBe('closed');
});

it('reads pages larger than what gRPC takes by default', async () => {
  await using store = await openStore([etcd.url]);
  const value = 'x'.repeat(100_000);
  for (let index = 0; index < 60; index++) await put(store, `${prefix}${index}`, value);
  const { records } = await store.range({ prefix });

  expect(records).toHaveLength(60);
});

it('reads 4096 keys a page', async () => {
  await using store = await openStore([etcd.url]);
  for (let begin = 0; begin < 4200; begin += 100) {
    await store.commit({
      compares: [],
      success: Array.from({ length: 100 }, (_, index) => ({
        kind: 'put',
        key: `${prefix}${begin + index}`,
        value: '',
      })),
    });
  }
  const { records, hasMore, revision } = await store.range({ prefix });
  expect([records.length, hasMore]).toEqual([4096, true]);
  const afterKey = records.at(-1)?.key ?? '';
  const rest = await store.range({ prefix, afterKey, atRevision: revision });

  expect([rest.records.length, rest.hasMore]).toEqual([104, false]);
});

it('skips keys that are no text, and what comes after them is there', async () => {
  const log = new LogLines();
  await using store = await openStore([etcd.url], { logger: log });
  for (let index = 1; index <= 5; index++) {
    const key = Buffer.from([...Buffer.from(`${prefix}b`), 0xff, index]).toString('base64');
    await etcd.gateway.call('/v3/kv/put', { key, value: '' });
  }
  await put(store, `${prefix}a`, '1');
  await put(store, `${prefix}z`, '1');
  const first = await store.range({ prefix, limit: 2 });
  const afterKey = first.records.at(-1)?.key ?? '';
  const second = await store.range({ prefix, limit: 2, afterKey });

  expect([...first.records, ...second.records].map(({ key }) => key)).toEqual([
    `${prefix}a`,
    `${prefix}z`,
  ]);
  expect(log.of('etcd: keys that are not UTF-8 are skipped')).toHaveLength(1);
});

it('tells its own deletions from those of others', async () => {
  await using own = await openStore([etcd.url]);
  await using other = await openStore([etcd.url]);
  const leases = await Promise.all(
    ['revoked', 'revoked elsewhere', 'deleted', 'deleted elsewhere', 'expired'].map((name) =>
      leasedKey(own, name, name === 'expired' ? 1 : 600),
    ),
  );
  const start = await put(own, `${prefix}without a lease`, 'x');
  const causes = new Map<string, string>();
  own.watch({ prefix, afterRevision: start, signal }).subscribe(({ events }) => {
    for (const event of events) noteCause(causes, event);
  });
  await own.revokeLease(leases[0] ?? 0n);
  await other.revokeLease(leases[1] ?? 0n);
  await deleteKey(own, 'deleted');
  await deleteKey(other, 'deleted elsewhere');
  await deleteKey(other, 'without a lease');
  await expect.poll(() => causes.size, { timeout: 10_000 }).toBe(6);

  expect(Object.fromEntries(causes)).toEqual({
    revoked: 'unregister',
    'revoked elsewhere': 'unknown',
    deleted: 'delete',
    'deleted elsewhere': 'unknown',
    expired: 'unknown',
    'without a lease': 'delete',
  });
});

it('tells its observer of every operation', async () => {
  const seen: (readonly [StoreOperation, boolean])[] = [];
  await using store = await openStore([etcd.url], {
    observer: { observe: (operation, success) => seen.push([operation, success]) },
  });
  await put(store, `${prefix}a`, '1');
  await store.get(`${prefix}a`);
  const { id } = await store.grantLease(60);
  await store.renewLease(id);
  await store.revokeLease(id);
  await store.range({ prefix, atRevision: 1_000_000_000n }).catch(reasonOf);

  expect(seen).toEqual([
    ['TXN', true],
    ['GET', true],
    ['LEASE_GRANT', true],
    ['LEASE_RENEW', true],
    ['LEASE_REVOKE', true],
    ['GET', false],
  ]);
});

it('renews a thousand leases at once', async () => {
  await using store = await openStore([etcd.url]);
  const leases = await Promise.all(Array.from({ length: 1000 }, () => store.grantLease(600)));
  await Promise.all(leases.slice(0, 10).map(({ id }) => store.revokeLease(id)));
  const renewed = await Promise.all(leases.map(({ id }) => store.renewLease(id)));

  expect(renewed.filter((ttlSeconds) => ttlSeconds === 600)).toHaveLength(990);
  expect(renewed.slice(0, 10).every((ttlSeconds) => ttlSeconds === undefined)).toBe(true);
});

/** Puts a key under a lease of its own; returns the lease. */
async function leasedKey(store: EtcdKvStore, name: string, ttlSeconds: number): Promise<bigint> {
  const { id } = await store.grantLease(ttlSeconds);
  await put(store, prefix + name, 'x', id);
  return id;
}

async function deleteKey(store: EtcdKvStore, name: string): Promise<void> {
  await store.commit({ compares: [], success: [{ kind: 'delete', key: prefix + name }] });
}

function noteCause(causes: Map<string, string>, event: KvEvent): void {
  if (event.kind === 'delete') causes.set(event.key.slice(prefix.length), event.cause);
}

function reasonOf(error: unknown): unknown {
  return error instanceof Error && 'reason' in error ? error.reason : error;
}
