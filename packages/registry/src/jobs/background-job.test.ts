import { silentLogger, type Lock } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { BackgroundJob, type BackgroundJobOptions } from './background-job.ts';
import { cronSchedule, intervalSchedule, isCronLine } from './job-schedule.ts';

const hourMs = 3_600_000;

/** A job on a lock that is free unless said otherwise, with a log of what it did. */
class JobHarness {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly job: BackgroundJob;
  isLockFree = true;

  constructor(options: Partial<BackgroundJobOptions> = {}) {
    this.job = new BackgroundJob({
      lockName: 'the-job',
      schedule: intervalSchedule(hourMs),
      work: async () => {
        this.log.push('work');
      },
      tryLock: async (name) => (this.isLockFree ? this.#lock(name) : undefined),
      clock: this.clock,
      logger: silentLogger,
      ...options,
    });
    this.job.start();
  }

  #lock(name: string): Lock {
    this.log.push(`lock ${name}`);
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

describe('BackgroundJob', () => {
  it('works under its lock whenever it is due, and leaves no timer behind', async () => {
    const { clock, job, log } = new JobHarness();
    job.start();
    await clock.advance(hourMs - 1);
    expect(log).toEqual([]);
    await clock.advance(1);
    expect(log).toEqual(['lock the-job', 'work', 'release']);
    await clock.advance(hourMs);
    expect(log).toHaveLength(6);
    await job.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves the work to the server that has the lock', async () => {
    const harness = new JobHarness();
    harness.isLockFree = false;
    await harness.clock.advance(hourMs);
    expect(harness.log).toEqual([]);
    harness.isLockFree = true;
    await harness.clock.advance(hourMs);
    expect(harness.log).toContain('work');
    await harness.job.close();
  });

  it('keeps the lock while the work takes long', async () => {
    const harness: JobHarness = new JobHarness({
      work: async ({ step }) => {
        await step();
        await harness.clock.sleep(21_000);
        await step();
        await step();
      },
    });
    await harness.clock.advance(hourMs + 30_000);
    expect(harness.log).toEqual(['lock the-job', 'renew', 'release']);
    await harness.job.close();
  });

  it('gives the lock back when the work fails, and tries again', async () => {
    const runs: string[] = [];
    const { clock, log, job } = new JobHarness({
      work: async () => {
        runs.push('run');
        throw new Error('the store is away');
      },
    });
    await clock.advance(2 * hourMs);
    expect(runs).toHaveLength(2);
    expect(log).toEqual(['lock the-job', 'release', 'lock the-job', 'release']);
    await job.close();
  });

  it('stops between two steps', async () => {
    let stepped = 0;
    const { clock, log, job } = new JobHarness({
      work: async ({ step, signal }) => {
        for (;;) {
          await step();
          stepped++;
          await clock.sleep(1000, signal).catch(() => undefined);
        }
      },
    });
    await clock.advance(hourMs + 2500);
    await job.close();
    expect(stepped).toBe(3);
    expect(log.at(-1)).toBe('release');
  });

  it('keeps to the wall clock when that is set', async () => {
    const { clock, log, job } = new JobHarness({ schedule: intervalSchedule(10 * hourMs) });
    await clock.advance(hourMs / 2);
    clock.jumpWall(9.4 * hourMs);
    await clock.advance(hourMs);
    expect(log).toContain('work');
    await job.close();
  });

  it('never runs when it is never due', async () => {
    const { clock, log, job } = new JobHarness({ schedule: { next: () => undefined } });
    await clock.advance(hourMs);
    expect(log).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
    await job.close();
  });
});

describe('cronSchedule', () => {
  it('is due at the next time that fits the line', () => {
    const next = cronSchedule('30 1 * * *').next(new Date(2026, 4, 5, 2, 0).getTime());
    expect(next).toBe(new Date(2026, 4, 6, 1, 30).getTime());
  });

  it('refuses a line that makes no sense', () => {
    expect(() => cronSchedule('99 1 * * *')).toThrow("'99 1 * * *' is no cron line");
    expect(isCronLine('99 1 * * *')).toBe(false);
    expect(isCronLine('*/5 1-3 * JAN MON')).toBe(true);
  });
});
