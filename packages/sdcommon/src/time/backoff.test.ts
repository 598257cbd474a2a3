import { describe, expect, it } from 'vitest';

import { ManualClock } from '../testing/manual-clock.ts';
import { Backoff } from './backoff.ts';

describe('Backoff', () => {
  it.each([
    [-1, 1000],
    [0, 1000],
    [1, 1600],
    [2, 2560],
    [3, 4096],
    [4, 6553.6],
    [5, 10_485.76],
    [6, 16_777.216],
    [7, 26_843.5456],
    [8, 30_000],
    [1000, 30_000],
  ])('waits after %i retries for %d ms', (retries, delayMs) => {
    expect(new Backoff().delayMs(retries)).toBeCloseTo(delayMs, 6);
  });

  it('takes its own numbers', () => {
    const backoff = new Backoff({ initMs: 10, factor: 2, maxMs: 35 });

    expect([0, 1, 2].map((retries) => backoff.delayMs(retries))).toEqual([10, 20, 35]);
  });

  it('does nothing when no attempt is allowed', async () => {
    const attempts: number[] = [];
    const retrying = new Backoff().retry(0, async (attempt) => attempts.push(attempt), clock());

    await expect(retrying).rejects.toThrow('over max retry times[0]');
    expect(attempts).toEqual([]);
  });

  it('stops at the first success', async () => {
    const attempts: number[] = [];
    const retrying = new Backoff().retry(2, async (attempt) => attempts.push(attempt), clock());

    expect(await retrying).toBe(1);
    expect(attempts).toEqual([1]);
  });

  it('waits after each failure, the last one included, and fails with the last', async () => {
    const time = new ManualClock();
    const startedMs: number[] = [];
    const retrying = new Backoff().retry(
      2,
      async (attempt) => {
        startedMs.push(time.monotonicMs());
        throw new Error(`attempt ${attempt}`);
      },
      time,
    );
    const failure = retrying.catch((error: unknown) => error);
    await time.advance(1600 + 2559);
    expect(time.pendingTimers).toBe(1);
    await time.advance(1);

    expect(await failure).toEqual(new Error('attempt 2'));
    expect(startedMs).toEqual([0, 1600]);
    expect(time.pendingTimers).toBe(0);
  });

  it('ends with the reason of its signal while it waits', async () => {
    const time = new ManualClock();
    const abort = new AbortController();
    const reason = new Error('enough');
    const retrying = new Backoff().retry(
      5,
      async () => {
        throw new Error('failure');
      },
      time,
      abort.signal,
    );
    const failure = retrying.catch((error: unknown) => error);
    await time.advance(100);
    abort.abort(reason);

    expect(await failure).toBe(reason);
    expect(time.pendingTimers).toBe(0);
  });
});

function clock(): ManualClock {
  return new ManualClock();
}
