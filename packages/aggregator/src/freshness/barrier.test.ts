import type { Position } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { Barrier } from './barrier.ts';

function at(order: number, epoch = 'e'): Position {
  return { order: BigInt(order), epoch, resume: '' };
}

function setUp(maxWaiters?: number) {
  const clock = new ManualClock();
  const timeOvers: number[] = [];
  const barrier = new Barrier({
    clock,
    ...(maxWaiters !== undefined && { maxWaiters }),
    onTimeOver: () => timeOvers.push(clock.monotonicMs()),
  });
  return { clock, barrier, timeOvers };
}

describe('waitFor', () => {
  it('does not wait for what is reached', async () => {
    const { barrier, clock } = setUp();
    barrier.advance(at(5));
    expect(await barrier.waitFor(at(5), { timeoutMs: 1000 })).toBe(true);
    expect(await barrier.waitFor(at(4), { timeoutMs: 1000 })).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('wakes each when its position is reached, and not before', async () => {
    const { barrier } = setUp();
    barrier.advance(at(1));
    const woken: number[] = [];
    const waits = [7, 3, 5, 3, 9, 4].map(async (order) => {
      await barrier.waitFor(at(order), { timeoutMs: 1000 });
      woken.push(order);
    });
    barrier.advance(at(4));
    await Promise.all([waits[1], waits[3], waits[5]]);
    expect(woken.toSorted((left, right) => left - right)).toEqual([3, 3, 4]);
    expect(barrier.waiting).toBe(3);
    barrier.advance(at(9));
    await Promise.all(waits);
    expect(barrier.waiting).toBe(0);
  });

  it('gives up when the time is over, with one timer for all', async () => {
    const { barrier, clock, timeOvers } = setUp();
    barrier.advance(at(1));
    const waits = [300, 100, 200].map((timeoutMs) => barrier.waitFor(at(2), { timeoutMs }));
    const reached = barrier.waitFor(at(2), { timeoutMs: 1000 });
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(300);
    expect(await Promise.all(waits)).toEqual([false, false, false]);
    expect(timeOvers).toEqual([100, 200, 300]);
    barrier.advance(at(2));
    expect(await reached).toBe(true);
  });

  it('waits for another history until it has come', async () => {
    const { barrier } = setUp();
    barrier.advance(at(9));
    const wait = barrier.waitFor(at(2, 'f'), { timeoutMs: 1000 });
    barrier.advance(at(10));
    expect(barrier.waiting).toBe(1);
    barrier.advance(at(2, 'f'));
    expect(await wait).toBe(true);
  });

  it('ends with the reason of its signal', async () => {
    const { barrier } = setUp();
    const abort = new AbortController();
    const wait = barrier.waitFor(at(1), { timeoutMs: 1000, signal: abort.signal });
    abort.abort(new Error('client gone'));
    await expect(wait).rejects.toThrow('client gone');
    expect(barrier.waiting).toBe(0);
    await expect(barrier.waitFor(at(1), { timeoutMs: 1000, signal: abort.signal })).rejects.toThrow(
      'client gone',
    );
  });

  it('turns away who comes when too many wait', async () => {
    const { barrier, timeOvers } = setUp(2);
    const first = barrier.waitFor(at(1), { timeoutMs: 1000 });
    const second = barrier.waitFor(at(1), { timeoutMs: 1000 });
    expect(await barrier.waitFor(at(1), { timeoutMs: 1000 })).toBe(false);
    expect(timeOvers).toHaveLength(1);
    barrier.advance(at(1));
    expect(await Promise.all([first, second])).toEqual([true, true]);
  });

  it('waits for the next word when its position became doubtful', async () => {
    const { barrier } = setUp();
    barrier.advance(at(9));
    barrier.invalidate();
    const wait = barrier.waitFor(at(3), { timeoutMs: 1000 });
    expect(barrier.waiting).toBe(1);
    barrier.advance(at(3));
    expect(await wait).toBe(true);
  });
});

it('lets all go and keeps no timer when it is closed', async () => {
  const { barrier, clock, timeOvers } = setUp();
  const wait = barrier.waitFor(at(1), { timeoutMs: 1000 });
  barrier.close();
  expect(await wait).toBe(false);
  expect(await barrier.waitFor(at(1), { timeoutMs: 1000 })).toBe(false);
  expect(clock.pendingTimers).toBe(0);
  expect(timeOvers).toHaveLength(1);
});
