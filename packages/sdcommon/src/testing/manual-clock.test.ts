import { describe, expect, it } from 'vitest';

import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('moves wall and monotonic time together', async () => {
    const clock = new ManualClock(5000);
    await clock.advance(1234);

    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([6234, 1234]);
  });

  it('lets the wall time jump alone', async () => {
    const clock = new ManualClock(5000);
    let hasRun = false;
    clock.schedule(10, () => {
      hasRun = true;
    });
    clock.jumpWall(3_600_000);
    await clock.advance(9);

    expect([clock.wallMs(), clock.monotonicMs(), hasRun]).toEqual([3_605_009, 9, false]);
  });

  it('runs timers in the order of their times, then of their making', async () => {
    const clock = new ManualClock();
    const ran: string[] = [];
    const note = (name: string) => (): void => {
      ran.push(`${name} at ${clock.monotonicMs()}`);
    };
    clock.schedule(20, note('late'));
    clock.schedule(10, note('first'));
    clock.schedule(10, note('second'));
    clock.schedule(30, note('never'));
    await clock.advance(29);

    expect(ran).toEqual(['first at 10', 'second at 10', 'late at 20']);
    expect(clock.pendingTimers).toBe(1);
  });

  it('runs what a timer sets off within the same advance', async () => {
    const clock = new ManualClock();
    const ranMs: number[] = [];
    const tick = async (): Promise<void> => {
      for (let count = 0; count < 3; count++) {
        await clock.sleep(10);
        ranMs.push(clock.monotonicMs());
      }
    };
    const ticking = tick();
    await clock.advance(100);
    await ticking;

    expect(ranMs).toEqual([10, 20, 30]);
  });

  it('forgets cancelled timers and aborted sleeps', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const cancel = clock.schedule(10, () => {
      throw new Error('was cancelled');
    });
    const sleeping = clock.sleep(10, abort.signal);
    cancel();
    abort.abort(new Error('enough'));

    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(10, abort.signal)).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(20);
  });
});
