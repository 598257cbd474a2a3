import { ManualClock } from '@service-center/sdcommon/testing';
import { beforeEach, expect, it } from 'vitest';

import { crashWindowMs, RestartPolicy } from './restart-policy.ts';

let clock: ManualClock;
let policy: RestartPolicy;

beforeEach(() => {
  clock = new ManualClock();
  policy = new RestartPolicy(clock);
});

it('waits longer with each end, and then gives up', () => {
  const waits = Array.from({ length: 8 }, () => policy.ended());
  expect(waits).toEqual([0, 200, 400, 800, 1600, 3200, 6400, undefined]);
});

it('forgives what is long ago', async () => {
  for (let end = 0; end < 5; end++) policy.ended();
  await clock.advance(crashWindowMs);
  expect(policy.ended()).toBe(0);
});

it('never gives up on a worker that works for a while each time', async () => {
  for (let end = 0; end < 50; end++) {
    await clock.advance(10_000);
    expect(policy.ended()).toBeDefined();
  }
});
