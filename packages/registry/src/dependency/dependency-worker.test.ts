import {
  ServiceCenterError,
  silentLogger,
  type DependencyRepository,
  type Lock,
  type ResourceRecord,
  type Written,
} from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { DependencyWorker } from './dependency-worker.ts';

const written: Written = { position: { order: 1n, epoch: 'e', resume: '' } };

function queued(queueId: string): ResourceRecord<'DEPENDENCY_QUEUE'> {
  return {
    type: 'DEPENDENCY_QUEUE',
    key: queueId,
    // `consumer/queueId`; without a slash the records are of the same consumer.
    identity: {
      tenant: { domain: 'd', project: 'p' },
      serviceId: queueId.includes('/') ? (queueId.split('/')[0] ?? '') : 's',
      queueId,
    },
    value: { consumer: undefined, providers: [], override: queueId === '0' },
    encoded: '',
    createRevision: 1n,
    modRevision: 1n,
    version: 1n,
  };
}

/** A queue in memory behind a lock, that notes what is done to it and fails when told. */
class ScriptedQueue implements DependencyRepository {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  waiting: string[] = [];
  isLockBusy = false;
  failures = 0;
  /** How long applying one record takes. */
  applyMs = 0;
  /** A record that cannot be applied. */
  refused = '';

  worker(): DependencyWorker {
    return new DependencyWorker({
      repository: this,
      tryLock: async () => this.#lock(),
      clock: this.clock,
      logger: silentLogger,
      intervalMs: 300_000,
      hasQueued: () => this.waiting.length > 0,
    });
  }

  /** What was done since the last call. */
  takeLog(): readonly string[] {
    return this.log.splice(0);
  }

  async enqueue(): Promise<Written> {
    return written;
  }

  async listQueue(): Promise<readonly ResourceRecord<'DEPENDENCY_QUEUE'>[]> {
    if (this.failures > 0) {
      this.failures--;
      this.log.push('failed');
      throw new ServiceCenterError('unavailableBackend');
    }
    return this.waiting.map(queued);
  }

  async apply({ key }: ResourceRecord<'DEPENDENCY_QUEUE'>): Promise<Written> {
    if (this.applyMs > 0) await this.clock.sleep(this.applyMs);
    if (key === this.refused) throw new ServiceCenterError('unavailableBackend');
    this.log.push(`apply ${key}`);
    this.waiting = this.waiting.filter((id) => id !== key);
    return written;
  }

  async cleanUp(): Promise<Written> {
    this.log.push('clean up');
    return written;
  }

  async discardUnreadable(): Promise<number> {
    return 0;
  }

  #lock(): Lock | undefined {
    if (this.isLockBusy) {
      this.log.push('busy');
      return undefined;
    }
    this.log.push('lock');
    return {
      renew: async () => {
        this.log.push('renew');
      },
      release: async () => {
        this.log.push('release');
      },
    };
  }
}

describe('the dependency worker', () => {
  it('works off what it finds at its start, in order, and cleans up after overrides', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['a', '0', 'b'];
    const worker = queue.worker();

    worker.start();
    await queue.clock.advance(0);

    expect(queue.takeLog()).toEqual([
      'lock',
      'apply a',
      'apply 0',
      'apply b',
      'clean up',
      'release',
    ]);
    await worker.close();
    expect(queue.clock.pendingTimers).toBe(0);
  });

  it('applies the records of several consumers side by side, those of each in order', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['s1/a', 's2/a', 's1/b', 's3/a'];
    queue.applyMs = 10;
    const worker = queue.worker();
    worker.start();

    await queue.clock.advance(10);
    expect(queue.takeLog()).toEqual(['lock', 'apply s1/a', 'apply s2/a', 'apply s3/a']);
    await queue.clock.advance(10);
    expect(queue.takeLog()).toEqual(['apply s1/b', 'release']);
    await worker.close();
  });

  it('keeps the lock until all are through when one record cannot be applied', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['s1/a', 's1/b', 's2/a', 's2/b'];
    queue.applyMs = 10;
    queue.refused = 's1/a';
    const worker = queue.worker();
    worker.start();

    await queue.clock.advance(20);
    expect(queue.takeLog()).toEqual(['lock', 'apply s2/a', 'apply s2/b', 'release']);
    queue.refused = '';
    await queue.clock.advance(1020);
    expect(queue.takeLog()).toEqual(['lock', 'apply s1/a', 'apply s1/b', 'release']);
    await worker.close();
  });

  it('keeps the lock while more comes in, and cleans up once nobody waits', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['s1/a', '0'];
    queue.applyMs = 10;
    const worker = queue.worker();
    worker.start();
    await queue.clock.advance(5);

    queue.waiting.push('s2/a');
    worker.signal();
    await queue.clock.advance(20);

    expect(queue.takeLog()).toEqual([
      'lock',
      'apply s1/a',
      'apply 0',
      'apply s2/a',
      'clean up',
      'release',
    ]);
    await worker.close();
  });

  it('collapses signals, and looks by itself after the interval', async () => {
    const queue = new ScriptedQueue();
    const worker = queue.worker();
    worker.start();
    await queue.clock.advance(0);
    queue.takeLog();

    worker.signal();
    worker.signal();
    worker.signal();
    await queue.clock.advance(0);
    expect(queue.takeLog()).toEqual(['lock', 'release']);
    await queue.clock.advance(299_999);
    expect(queue.takeLog()).toEqual([]);
    await queue.clock.advance(1);
    expect(queue.takeLog()).toEqual(['lock', 'release']);
    await worker.close();
  });

  it('leaves the work to who has the lock, and looks again while there is some', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['a'];
    queue.isLockBusy = true;
    const worker = queue.worker();
    worker.start();
    await queue.clock.advance(0);
    expect(queue.takeLog()).toEqual(['busy']);

    queue.isLockBusy = false;
    await queue.clock.advance(2000);

    expect(queue.takeLog()).toEqual(['lock', 'apply a', 'release']);
    await worker.close();
  });

  it('waits longer after each failure, without the lock', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['a'];
    queue.failures = 3;
    const worker = queue.worker();
    worker.start();
    const round = ['lock', 'failed', 'release'];
    await queue.clock.advance(0);
    expect(queue.takeLog()).toEqual(round);

    for (const waitMs of [1000, 1600]) {
      await queue.clock.advance(waitMs - 1);
      expect(queue.takeLog()).toEqual([]);
      await queue.clock.advance(1);
      expect(queue.takeLog()).toEqual(round);
    }
    await queue.clock.advance(2560);

    expect(queue.takeLog()).toEqual(['lock', 'apply a', 'release']);
    await worker.close();
  });

  it('renews the lock while it works', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['a', 'b', 'c'];
    queue.applyMs = 15_000;
    const worker = queue.worker();
    worker.start();

    await queue.clock.advance(45_000);

    expect(queue.takeLog()).toEqual(['lock', 'apply a', 'apply b', 'renew', 'apply c', 'release']);
    await worker.close();
  });

  it('stops after the record at hand and gives the lock back', async () => {
    const queue = new ScriptedQueue();
    queue.waiting = ['a', 'b'];
    queue.applyMs = 10;
    const worker = queue.worker();
    worker.start();
    await queue.clock.advance(5);

    const closed = worker.close();
    await queue.clock.advance(10);
    await closed;

    expect(queue.takeLog()).toEqual(['lock', 'apply a', 'release']);
    expect(queue.clock.pendingTimers).toBe(0);
  });
});
