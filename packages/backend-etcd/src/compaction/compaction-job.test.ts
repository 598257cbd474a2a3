import { silentLogger, type Lock } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import { CompactionJob } from './compaction-job.ts';

const hourMs = 60 * 60 * 1000;

/** A store and a lock that keep a record of what was done to them. */
class Rig {
  readonly clock = new ManualClock();
  readonly done: string[] = [];
  revision = 1000n;
  isLocked = false;
  compacting: () => Promise<void> = async () => undefined;
  readonly job = new CompactionJob({
    store: {
      currentRevision: async () => this.revision,
      compact: async (revision) => {
        this.done.push(`compact ${revision}`);
        await this.compacting();
      },
    },
    locks: {
      tryLock: async (name, { ttlSeconds }): Promise<Lock | undefined> => {
        this.done.push(`lock ${name} ${ttlSeconds}`);
        if (this.isLocked) return undefined;
        const release = async (): Promise<void> => {
          this.done.push('release');
        };
        return { renew: async () => undefined, release };
      },
    },
    clock: this.clock,
    logger: silentLogger,
  });
}

it('compacts every twelve hours, under the lock, and keeps a hundred revisions', async () => {
  const rig = new Rig();
  rig.job.start();
  await rig.clock.advance(12 * hourMs - 1);
  expect(rig.done).toEqual([]);
  await rig.clock.advance(1);
  expect(rig.done).toEqual(['lock /etcd-compact 60', 'compact 900', 'release']);

  rig.revision = 5000n;
  await rig.clock.advance(12 * hourMs);
  expect(rig.done).toContain('compact 4900');
  await rig.job.stop();
});

it('leaves it to the server that holds the lock', async () => {
  const rig = new Rig();
  rig.isLocked = true;
  rig.job.start();
  await rig.clock.advance(12 * hourMs);

  expect(rig.done).toEqual(['lock /etcd-compact 60']);
  await rig.job.stop();
});

it('leaves a young history alone', async () => {
  const rig = new Rig();
  rig.revision = 100n;
  rig.job.start();
  await rig.clock.advance(12 * hourMs);

  expect(rig.done).toEqual(['lock /etcd-compact 60', 'release']);
  await rig.job.stop();
});

it('tries again after a failure', async () => {
  const rig = new Rig();
  rig.compacting = async () => {
    throw new Error('no leader');
  };
  rig.job.start();
  await rig.clock.advance(24 * hourMs);

  expect(rig.done.filter((line) => line === 'compact 900')).toHaveLength(2);
  expect(rig.done.filter((line) => line === 'release')).toHaveLength(2);
  await rig.job.stop();
});

it('is waited for when it is stopped, and leaves no timer', async () => {
  const rig = new Rig();
  const compaction = Promise.withResolvers<void>();
  rig.compacting = () => compaction.promise;
  rig.job.start();
  await rig.clock.advance(12 * hourMs);
  const stopping = rig.job.stop();
  compaction.resolve();
  await stopping;

  expect(rig.done.at(-1)).toBe('release');
  expect(rig.clock.pendingTimers).toBe(0);
});
