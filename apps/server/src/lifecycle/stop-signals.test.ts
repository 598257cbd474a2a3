import { ManualClock } from '@service-center/sdcommon/testing';
import { beforeEach, expect, it } from 'vitest';

import { echoMs, StopSignals, stopTimeoutMs } from './stop-signals.ts';

let clock: ManualClock;
let happened: string[];
let stopSignals: StopSignals;

beforeEach(() => {
  clock = new ManualClock();
  happened = [];
  stopSignals = new StopSignals({
    clock,
    onStop: (signal) => happened.push(`stop ${signal}`),
    onForce: (reason) => happened.push(reason),
  });
});

it('stops in order at the first signal', async () => {
  stopSignals.receive('SIGTERM');
  await clock.advance(stopTimeoutMs - 1);
  expect(happened).toEqual(['stop SIGTERM']);
});

it('takes the echo of a signal for the same wish', async () => {
  stopSignals.receive('SIGINT');
  stopSignals.receive('SIGINT');
  await clock.advance(echoMs - 1);
  stopSignals.receive('SIGTERM');
  expect(happened).toEqual(['stop SIGINT']);
});

it('ends by force at a second signal', async () => {
  stopSignals.receive('SIGINT');
  await clock.advance(echoMs);
  stopSignals.receive('SIGTERM');
  expect(happened).toEqual(['stop SIGINT', 'another SIGTERM while stopping']);
});

it('ends by force when stopping takes too long', async () => {
  stopSignals.receive('SIGTERM');
  await clock.advance(stopTimeoutMs);
  expect(happened).toEqual(['stop SIGTERM', 'not stopped within 5000 ms']);
});
