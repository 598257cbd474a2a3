import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EtcdKvStore } from '@service-center/backend-etcd';
import type { KvEvent } from '@service-center/backend-kv';
import type { EtcdNode } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openStore, put, startEtcd } from './test-etcd.ts';

const prefix = '/cse-sr/';
const { signal } = new AbortController();

let etcd: EtcdNode;
let store: EtcdKvStore;

beforeEach(async () => {
  etcd = await startEtcd();
  store = await openStore([etcd.url]);
});

afterEach(async () => {
  await store.close();
  await etcd[Symbol.asyncDispose]();
});

it('is lost when the store is restored to an older revision, even after that has grown past it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'snapshot-'));
  try {
    await put(store, '/cse-sr/a', '1');
    const snapshot = join(directory, 'snapshot.db');
    await etcd.saveSnapshot(snapshot);
    // A later term of office, which a restored member has not seen.
    await etcd.restart();
    await expect.poll(() => put(store, '/cse-sr/a', '2').catch(() => 'away')).toBeTypeOf('bigint');
    const position = await put(store, '/cse-sr/a', '3');
    const { epoch } = store;
    const open = endOf(position);
    await etcd.kill();
    await etcd.restoreSnapshot(snapshot);
    await etcd.start();
    for (let index = 0; index < 20; index++) await etcd.etcdctl('put', `/cse-sr/${index}`, 'new');

    expect(await open).toMatchObject({ reason: 'transport' });
    await expect.poll(async () => (await endOf(position)).reason).toBe('invalidPosition');
    expect(store.epoch).not.toBe(epoch);
    const { records, revision } = await store.range({ prefix });
    expect(records).toHaveLength(21);
    expect(await store.currentRevision()).toBe(revision);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('ends open watches when it turns out to be another one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'snapshot-'));
  try {
    const snapshot = join(directory, 'snapshot.db');
    await etcd.saveSnapshot(snapshot);
    const position = await put(store, '/cse-sr/a', '1');
    await etcd.kill();
    await etcd.restoreSnapshot(snapshot);
    await etcd.start();
    const { epoch } = store;

    await expect.poll(async () => (await endOf(position)).reason).toBe('invalidPosition');
    expect(store.epoch).not.toBe(epoch);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('that is compacted is told with the revision it begins with', async () => {
  const start = await put(store, '/cse-sr/a', '1');
  for (let index = 0; index < 10; index++) await put(store, '/cse-sr/a', String(index));
  await store.compact(start + 5n);
  await store.compact(start + 3n);

  const error = await endOf(start);
  expect(error).toMatchObject({ reason: 'compacted', positionLost: true });
  expect(error.message).toContain(String(start + 5n));
});

it('that begins right after the position has lost a deletion, so the position is lost', async () => {
  await put(store, '/cse-sr/a', '1');
  const before = await put(store, '/cse-sr/b', '1');
  const { revision: deletion } = await store.commit({
    compares: [],
    success: [{ kind: 'delete', key: '/cse-sr/a' }],
  });
  await put(store, '/cse-sr/b', '2');
  await store.compact(deletion);

  const error = await endOf(before);
  expect(error).toMatchObject({ reason: 'compacted' });
  expect(error.message).toContain(String(deletion));
});

it('is shown in whole revisions, however large they are', async () => {
  const value = 'x'.repeat(100_000);
  const start = await store.currentRevision();
  for (let round = 0; round < 12; round++) {
    await store.commit({
      compares: [],
      success: Array.from({ length: 10 }, (_, index) => ({
        kind: 'put',
        key: `/cse-sr/${index}`,
        value: value + String(round),
      })),
    });
  }
  const end = await store.currentRevision();
  const events: KvEvent[] = [];
  await new Promise<void>((resolve, reject) => {
    store.watch({ prefix, afterRevision: start, signal }).subscribe({
      next: (batch) => {
        events.push(...batch.events);
        const revisions = Map.groupBy(batch.events, revisionOf);
        if ([...revisions.values()].some(({ length }) => length !== 10)) {
          reject(new Error('a revision is torn'));
        }
        if (batch.revision >= end) resolve();
      },
      error: reject,
    });
  });

  expect(events).toHaveLength(120);
  expect(events.every((event) => event.kind === 'put')).toBe(true);
});

it('is reached by all readers when only other keys change, also while they are many', async () => {
  const start = await store.currentRevision();
  const reached = new Map<number, bigint>();
  for (let reader = 0; reader < 20; reader++) {
    store.watch({ prefix: `${prefix}${reader}/`, afterRevision: start, signal }).subscribe({
      next: ({ revision }) => reached.set(reader, revision),
    });
  }
  for (let round = 0; round < 3; round++) {
    await put(store, `/lock/${round}`, 'x');
    const wanted = await store.currentRevision();
    await expect.poll(() => [...reached.values()].filter((at) => at >= wanted)).toHaveLength(20);
  }
});

/** How a session ends that continues after a position. */
function endOf(
  afterRevision: bigint,
): Promise<{ readonly reason: string; readonly message: string }> {
  return new Promise((resolve) => {
    store.watch({ prefix, afterRevision, signal }).subscribe({ error: resolve });
  });
}

function revisionOf(event: KvEvent): bigint {
  return event.kind === 'put' ? event.record.modRevision : event.revision;
}
