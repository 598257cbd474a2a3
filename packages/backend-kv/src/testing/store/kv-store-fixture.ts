import { randomUUID } from 'node:crypto';

import type { DeleteCause } from '@service-center/sdcommon';
import { test, type TestAPI } from 'vitest';

import type { KvRecord } from '../../store/kv-record.ts';
import type { KvStore } from '../../store/kv-store.ts';
import type { KvOperation } from '../../store/kv-transaction.ts';
import { readRange } from '../../store/read-range.ts';
import type { KvStoreFeatures, KvStoreHarness, KvStoreUnderTest } from './kv-store-harness.ts';
import { WatchRecorder } from './watch-recorder.ts';

/** A store under test, with a part of the key space that no other test touches. */
export class KvStoreFixture {
  /** What all keys of this test start with. */
  readonly prefix = `/contract/${randomUUID()}/`;
  readonly features: KvStoreFeatures;
  readonly #subject: KvStoreUnderTest;
  readonly #recorders = new Set<WatchRecorder>();
  readonly #leaving = new AbortController();

  private constructor(features: KvStoreFeatures, subject: KvStoreUnderTest) {
    this.features = features;
    this.#subject = subject;
  }

  /** Opens a store. */
  static async open(harness: KvStoreHarness): Promise<KvStoreFixture> {
    return new KvStoreFixture(harness.features, await harness.open());
  }

  /** The store itself. */
  get kv(): KvStore {
    return this.#subject.store;
  }

  /** How many timers of the store wait, where that can be told. */
  get pendingTimers(): number | undefined {
    return this.#subject.time.pendingTimers;
  }

  /** The full key of a name. */
  key(name: string): string {
    return this.prefix + name;
  }

  /** Puts one key; returns the revision. */
  async put(name: string, value: string, lease?: bigint): Promise<bigint> {
    const operation: KvOperation = { kind: 'put', key: this.key(name), value };
    const { revision } = await this.kv.commit({
      compares: [],
      success: [lease === undefined ? operation : { ...operation, lease }],
    });
    return revision;
  }

  /** Deletes one key; returns the revision. */
  async delete(name: string): Promise<bigint> {
    const { revision } = await this.kv.commit({
      compares: [],
      success: [{ kind: 'delete', key: this.key(name) }],
    });
    return revision;
  }

  /** Reads one key. */
  async get(name: string): Promise<KvRecord | undefined> {
    return this.kv.get(this.key(name));
  }

  /** Reads all keys of this test, now or at a revision. */
  async all(atRevision?: bigint): Promise<readonly KvRecord[]> {
    const records: KvRecord[] = [];
    for await (const page of readRange(this.kv, { prefix: this.prefix, atRevision })) {
      records.push(...page.records);
    }
    return records;
  }

  /** Names with values, now or at a revision, in the order of the store. */
  async content(atRevision?: bigint): Promise<readonly (readonly [string, string | undefined])[]> {
    const records = await this.all(atRevision);
    return records.map(({ key, value }) => [key.slice(this.prefix.length), value]);
  }

  /** Records a watch of this test's keys, or of those that start with a name. */
  watch(
    afterRevision: bigint,
    namePrefix = '',
    signal: AbortSignal = this.#leaving.signal,
  ): WatchRecorder {
    const prefix = this.prefix + namePrefix;
    const recorder = new WatchRecorder(this.kv.watch({ prefix, afterRevision, signal }));
    this.#recorders.add(recorder);
    return recorder;
  }

  /** What a deletion is shown with that came with a lease's running out. */
  get causeOfExpiry(): DeleteCause {
    return this.features.tellsCauses ? 'expire' : 'unknown';
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    await this.#subject.time.advance(ms);
  }

  /** Lets leases of a time to live run out that are not renewed meanwhile. */
  async outlive(ttlSeconds: number): Promise<void> {
    await this.advance(ttlSeconds * 1000 + this.features.expiryGraceMs);
  }

  /** Closes the store and opens it again on the same data. */
  async reopen(): Promise<void> {
    await this.#subject.reopen();
  }

  /** Leaves all sessions and the store. */
  async dispose(): Promise<void> {
    this.#leaving.abort();
    for (const recorder of this.#recorders) recorder.stop();
    await this.#subject.dispose();
  }
}

/** A test with a store of its own. */
export type KvStoreTest = TestAPI<{ readonly store: KvStoreFixture }>;

/** Makes tests that each open a store. */
export function kvStoreTest(harness: KvStoreHarness): KvStoreTest {
  return test.extend<{ readonly store: KvStoreFixture }>({
    store: async ({ signal: _ }, use) => {
      const store = await KvStoreFixture.open(harness);
      try {
        await use(store);
      } finally {
        await store.dispose();
      }
    },
  });
}
