import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServiceCenterError, silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { DatabaseWorker, DatabaseWriteError } from './commit/database-worker.ts';
import { EmbeddedKvStore } from './embedded-kv-store.ts';

/** A store on a clock that stands still. */
class Subject implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly directory: string;
  readonly store: EmbeddedKvStore;

  private constructor(directory: string, clock: ManualClock, store: EmbeddedKvStore) {
    this.directory = directory;
    this.clock = clock;
    this.store = store;
  }

  static async create(): Promise<Subject> {
    const directory = await mkdtemp(join(tmpdir(), 'embedded-kv-store-'));
    const clock = new ManualClock();
    return new Subject(directory, clock, await open(directory, clock));
  }

  async put(key: string, lease = 0n): Promise<'durable' | 'refused'> {
    try {
      await this.store.commit({
        compares: [],
        success: [{ kind: 'put', key, value: '', lease }],
      });
      return 'durable';
    } catch (error) {
      if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
      return 'refused';
    }
  }

  async keys(): Promise<readonly string[]> {
    const { records } = await this.store.range({ prefix: '' });
    return records.map(({ key }) => key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    await rm(this.directory, { recursive: true });
  }
}

function open(directory: string, clock: ManualClock): Promise<EmbeddedKvStore> {
  return EmbeddedKvStore.open({ directory, clock, logger: silentLogger });
}

/** Has the thread die after its next commit, before it can answer. */
function loseNextAnswer(): void {
  const commit = vi.spyOn(DatabaseWorker.prototype, 'commit');
  onTestFinished(() => {
    commit.mockRestore();
  });
  commit.mockImplementationOnce(async function lose(this: DatabaseWorker, batch) {
    commit.mockRestore();
    await this.commit(batch);
    throw new DatabaseWriteError('the database thread is gone', undefined);
  });
}

describe('a store that lost its thread in the middle of a write', () => {
  it('lets what turns out to be durable end with its lease, though the writer gave the lease back', async () => {
    await using subject = await Subject.create();
    const { store, clock } = subject;
    const lease = await store.grantLease(10);
    loseNextAnswer();
    expect(await subject.put('instance', lease.id)).toBe('refused');
    await expect(store.revokeLease(lease.id)).rejects.toSatisfy((error) =>
      ServiceCenterError.is(error, 'unavailableBackend'),
    );
    expect(await subject.put('other')).toBe('durable');
    expect(await subject.keys()).toEqual(['instance', 'other']);
    await clock.advance(11_000);

    await vi.waitFor(async () => expect(await subject.keys()).toEqual(['other']));
  });

  it('finds its way back without another write', async () => {
    await using subject = await Subject.create();
    const health: string[] = [];
    subject.store.health$.subscribe(({ status }) => health.push(status));
    loseNextAnswer();
    expect(await subject.put('a')).toBe('refused');

    await vi.waitFor(async () => {
      await subject.clock.advance(1000);
      expect(health).toEqual(['up', 'down', 'up']);
    });
    expect(await subject.keys()).toEqual(['a']);
  });

  it('has a backup taken by its next thread', async () => {
    await using subject = await Subject.create();
    await subject.put('a');
    loseNextAnswer();
    await subject.put('b');
    const writes = [subject.put('c'), subject.put('d')];
    const target = join(subject.directory, 'backup');
    const isTaken = await subject.store.backup(target).then(
      () => true,
      () => false,
    );
    await Promise.all(writes);
    if (!isTaken) await subject.store.backup(target);

    expect(await subject.put('e')).toBe('durable');
    expect(await subject.keys()).toEqual(['a', 'b', 'e']);
    await subject.store.close();
    await using reopened = await open(subject.directory, subject.clock);
    const { records } = await reopened.range({ prefix: '' });
    expect(records.map(({ key, modRevision }) => `${key}@${modRevision}`)).toEqual([
      'a@1',
      'b@2',
      'e@3',
    ]);
  });
});

describe('a store that is closed', () => {
  it('while a backup begins lets go of its directory all the same', async () => {
    await using subject = await Subject.create();
    const backup = subject.store.backup(join(subject.directory, 'backup')).then(
      () => 'taken',
      () => 'refused',
    );
    await subject.store.close();
    await backup;

    await using reopened = await open(subject.directory, subject.clock);
    expect(await reopened.currentRevision()).toBe(0n);
  });
});
