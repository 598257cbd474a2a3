import type { EtcdKvStore } from '@service-center/backend-etcd';
import type { KvTransaction, KvWatchBatch } from '@service-center/backend-kv';
import { ServiceCenterError, type StoreOperation } from '@service-center/sdcommon';
import { EtcdNode, TcpProxy } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { openStore, put, startEtcd } from './test-etcd.ts';

const prefix = '/cse-sr/inst/';
const serviceKey = '/cse-sr/ms/files/provider';

let etcd: EtcdNode;
let proxy: TcpProxy;
let store: EtcdKvStore;
let observed: (readonly [StoreOperation, boolean])[];

beforeEach(async () => {
  etcd = await startEtcd();
  proxy = await TcpProxy.listen({ targetPort: etcd.clientPort });
  observed = [];
  store = await openStore([`http://${proxy.address}`], {
    requestTimeoutMs: 3000,
    observer: { observe: (operation, success) => observed.push([operation, success]) },
  });
  await put(store, serviceKey, '{}');
});

afterEach(async () => {
  await store.close();
  await proxy[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

it('registers a hundred at once but for the one whose lease is gone', async () => {
  const leases = await grant(100);
  await store.revokeLease(leases[42] ?? 0n);
  const outcomes = await Promise.all(
    leases.map((lease, index) => outcomeOf(registration(String(index), lease))),
  );

  expect(
    outcomes.flatMap((outcome, index) => (typeof outcome === 'bigint' ? [] : [index])),
  ).toEqual([42]);
  expect(outcomes[42]).toBe('unavailableBackend');
  const { records } = await store.range({ prefix });
  expect(records).toHaveLength(2 * 99);
  for (const [index, outcome] of outcomes.entries()) {
    const stored = records.filter(({ lease }) => lease === leases[index]);
    expect(stored.map(({ modRevision }) => modRevision)).toEqual(
      index === 42 ? [] : [outcome, outcome],
    );
  }
});

it('tells its observer of each transaction, and writes fewer revisions', async () => {
  const leases = await grant(100);
  const before = await store.currentRevision();
  observed.length = 0;
  await Promise.all(leases.map((lease, index) => store.commit(registration(String(index), lease))));

  expect(observed).toEqual(leases.map(() => ['TXN', true]));
  // By the keys that they declare, 31 have room in one.
  expect(await store.currentRevision()).toBe(before + 4n);
});

it('shows all that has one revision at once, in the order asked for', async () => {
  const after = await store.currentRevision();
  const batches: KvWatchBatch[] = [];
  const { signal } = new AbortController();
  store.watch({ prefix, afterRevision: after, signal }).subscribe((batch) => {
    batches.push(batch);
  });
  const leases = await grant(100);
  await Promise.all(leases.map((lease, index) => store.commit(registration(String(index), lease))));
  await expect.poll(() => batches.at(-1)?.revision).toBe(after + 4n);

  const shown = batches.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === 'put' ? [event.record] : [])),
  );
  expect(shown).toHaveLength(200);
  const revisionsShown = batches.map(
    ({ events }) =>
      new Set(events.map((event) => (event.kind === 'put' ? event.record.modRevision : 0n))),
  );
  expect(revisionsShown.flatMap((revisions) => revisions.values().toArray())).toEqual([
    after + 1n,
    after + 2n,
    after + 3n,
    after + 4n,
  ]);
  for (const revision of new Set(shown.map(({ modRevision }) => modRevision))) {
    const numbers = shown
      .filter(({ modRevision, key }) => modRevision === revision && key.endsWith('/file'))
      .map(({ value }) => Number(value));
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
  }
});

it('tells nobody of success whose answer was lost, and repeats nothing', async () => {
  const leases = await grant(100);
  await proxy.halfOpen('toClient');
  const committing = Promise.all(
    leases.map((lease, index) => outcomeOf(registration(String(index), lease))),
  );
  await expect.poll(storedElsewhere).toBe(200);
  await proxy.cut();
  expect(new Set(await committing)).toEqual(new Set(['unavailableBackend']));
  await proxy.resume();

  await expect
    .poll(() => store.range({ prefix }).catch(() => undefined), { timeout: 10_000 })
    .toMatchObject({ hasMore: false });
  const { records } = await store.range({ prefix });
  expect(records.map(({ version }) => version)).toEqual(Array(200).fill(1n));
});

it('tells the truth while connections break under registrations', async () => {
  const [lease = 0n] = await grant(1);
  const written = new Map<string, bigint>();
  const failed = new Set<string>();
  const ending = new AbortController();
  const workers = Array.from({ length: 50 }, async (_, worker) => {
    for (let round = 0; !ending.signal.aborted; round++) {
      const name = `${worker}-${round}`;
      const outcome = await outcomeOf(registration(name, lease));
      // A conflict could only be one with itself.
      if (typeof outcome === 'bigint') written.set(name, outcome);
      else failed.add(`${outcome} ${name}`);
    }
  });
  for (let round = 0; round < 6; round++) {
    const count = written.size;
    await expect.poll(() => written.size, { timeout: 10_000 }).toBeGreaterThan(count + 300);
    await proxy.cut();
    await proxy.resume();
  }
  ending.abort();
  await Promise.all(workers);

  expect(failed.size).toBeGreaterThan(0);
  for (const failure of failed) expect(failure).toMatch(/^unavailableBackend /v);
  await using reader = await openStore([etcd.url]);
  const revisions = new Map<string, bigint>();
  for (let afterKey = prefix; ;) {
    const { records, hasMore } = await reader.range({ prefix, afterKey });
    for (const { key, modRevision, version } of records) {
      expect(version).toBe(1n);
      revisions.set(key, modRevision);
      afterKey = key;
    }
    if (!hasMore) break;
  }
  for (const [name, revision] of written) {
    expect(revisions.get(fileKey(name))).toBe(revision);
    expect(revisions.get(leaseKey(name))).toBe(revision);
  }
});

it('stores nothing more when the space is used up', async () => {
  const quota = '--quota-backend-bytes=4000000';
  await using full = await EtcdNode.start({ flags: ['--unsafe-no-fsync', quota] });
  await using writer = await openStore([full.url]);
  await put(writer, serviceKey, '{}');
  const { id } = await writer.grantLease(600);
  const fill = async (): Promise<string> => {
    await put(writer, '/cse-sr/filling', 'x'.repeat(500_000));
    return 'written';
  };
  await expect.poll(() => fill().catch(() => 'refused'), { interval: 1 }).toBe('refused');
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'c'].map((name) => writer.commit(registration(name, id))),
  );

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect((await writer.range({ prefix })).records).toEqual([]);
});

async function grant(count: number): Promise<readonly bigint[]> {
  const granted = Array.from({ length: count }, () => store.grantLease(600));
  return (await Promise.all(granted)).map(({ id }) => id);
}

function fileKey(name: string): string {
  return `${prefix}${name}/file`;
}

function leaseKey(name: string): string {
  return `${prefix}${name}/lease`;
}

/** What registering an instance writes. */
function registration(name: string, lease: bigint): KvTransaction {
  const [file, leaseOf] = [fileKey(name), leaseKey(name)];
  return {
    compares: [
      { key: serviceKey, target: 'version', operator: 'notEqual', operand: 0n },
      { key: file, target: 'modRevision', operator: 'equal', operand: 0n },
      { key: leaseOf, target: 'modRevision', operator: 'equal', operand: 0n },
    ],
    success: [
      { kind: 'put', key: file, value: name, lease },
      { kind: 'put', key: leaseOf, value: String(lease), lease },
    ],
    mayShareRevision: true,
  };
}

/** The revision at which it was written, or why it was not. */
async function outcomeOf(transaction: KvTransaction): Promise<bigint | string> {
  try {
    const { succeeded, revision } = await store.commit(transaction);
    return succeeded ? revision : 'conflict';
  } catch (error) {
    return ServiceCenterError.is(error) ? error.errorName : String(error);
  }
}

/** How many keys somebody with a connection of their own finds. */
async function storedElsewhere(): Promise<number> {
  const keys = await etcd.etcdctl('get', '--prefix', '--keys-only', prefix);
  return keys.split('\n').filter((line) => line !== '').length;
}
