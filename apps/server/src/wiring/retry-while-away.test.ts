import { ServiceCenterError, silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { beforeEach, expect, it } from 'vitest';

import { retryWhileAway, type RetryWhileAwayOptions } from './retry-while-away.ts';

let clock: ManualClock;
let stop: AbortController;
let options: RetryWhileAwayOptions;
let attemptsMs: number[];
let noticed: number;

beforeEach(() => {
  clock = new ManualClock();
  stop = new AbortController();
  attemptsMs = [];
  noticed = 0;
  options = {
    clock,
    logger: silentLogger,
    signal: stop.signal,
    intent: 'connect',
    onAway: () => {
      noticed++;
    },
  };
});

async function away(): Promise<never> {
  attemptsMs.push(clock.monotonicMs());
  throw new ServiceCenterError('unavailableBackend', 'nobody there');
}

async function impossible(): Promise<never> {
  throw new RangeError('no such address');
}

it('goes on with growing waits until the store is there', async () => {
  const result = retryWhileAway(
    async () => (attemptsMs.length < 4 ? away() : 'connected'),
    options,
  );
  await clock.advance(60_000);
  expect(await result).toBe('connected');
  expect(attemptsMs).toEqual([0, 1000, 2600, 5160]);
  expect(noticed).toBe(4);
});

it('ends at once when it is given up', async () => {
  const result = retryWhileAway(away, options);
  await clock.advance(500);
  stop.abort(new Error('enough'));
  await expect(result).rejects.toThrow('enough');
  expect(clock.pendingTimers).toBe(0);
});

it('does not try again what can never work', async () => {
  await expect(retryWhileAway(impossible, options)).rejects.toThrow('no such address');
  expect(noticed).toBe(0);
});
