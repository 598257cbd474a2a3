import { describe, expect, it } from 'vitest';

import { ManualClock } from '../testing/manual-clock.ts';
import { unixSeconds } from './clock.ts';
import { SystemClock } from './system-clock.ts';

describe('unixSeconds', () => {
  it('is the wall time in whole seconds, as text', () => {
    expect(unixSeconds(new ManualClock(1_592_570_701_999))).toBe('1592570701');
  });
});

describe('SystemClock', () => {
  it('tells the wall time and a time that never goes back', () => {
    const clock = new SystemClock();
    const before = clock.monotonicMs();

    expect(Math.abs(clock.wallMs() - Date.now())).toBeLessThan(1000);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });

  it('sleeps until the time is over', async () => {
    const clock = new SystemClock();
    const before = clock.monotonicMs();
    await clock.sleep(20);

    // Timers may fire up to a millisecond early.
    expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(19);
    await expect(clock.sleep(-5)).resolves.toBeUndefined();
  });

  it('wakes up for its signal', async () => {
    const clock = new SystemClock();
    const reason = new Error('enough');
    const abort = new AbortController();
    const sleeping = clock.sleep(60_000, abort.signal);
    abort.abort(reason);

    await expect(sleeping).rejects.toBe(reason);
    await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('calls back once, unless it is cancelled', async () => {
    const clock = new SystemClock();
    const calls: string[] = [];
    clock.schedule(1, () => calls.push('kept'));
    const cancel = clock.schedule(1, () => calls.push('cancelled'));
    cancel();
    cancel();
    await clock.sleep(30);

    expect(calls).toEqual(['kept']);
  });
});
