import {
  pushChannels,
  runConnectStorm,
  runPushSoak,
  runServerRestart,
  runStoppedReader,
} from '@service-center/testbed';
import { describe, expect, it } from 'vitest';

describe.for(pushChannels)('over %s', (channel) => {
  it('subscribers that come, break and lag are told every change once and in order', async () => {
    let resets = 0;
    for (const seed of [1, 2]) {
      const result = await runPushSoak({ seed, channels: [channel], steps: 30 });
      expect(result.violations).toEqual([]);
      expect(result.received).toBeGreaterThan(result.changes);
      expect(result.disconnects).toBeGreaterThan(0);
      resets += result.resets;
    }
    expect(resets).toBeGreaterThan(0);
  });

  it('everybody is let in and told when many connect at once', async () => {
    const connects = 200;
    const { connected, violations } = await runConnectStorm(channel, connects);
    expect(violations).toEqual([]);
    expect(connected).toBe(connects);
  });
});

it('a server that stops tells everybody, and whoever comes back later is brought up to date', async () => {
  const result = await runServerRestart(pushChannels);
  expect(result).toEqual({
    end: { code: 0, signal: null },
    untold: [],
    leftBehind: [],
    violations: [],
  });
});

describe('readers that are stopped', () => {
  it('delay nobody else, are shown by the push trace, and are brought up to date when they go on', async () => {
    const { slowestMs, deliveries, violations } = await runStoppedReader();
    expect(violations).toEqual([]);
    expect(slowestMs).toBeLessThan(2000);
    expect(deliveries.every(({ isTimed }) => isTimed)).toBe(true);
    for (const channel of pushChannels) {
      const states = deliveries
        .filter((delivery) => delivery.channel === channel)
        .map(({ state }) => state);
      expect(states).toHaveLength(2);
      expect(states.filter((state) => state === 'sent' || state === 'acknowledged')).toHaveLength(
        1,
      );
      expect(states.filter((state) => state === 'queued' || state === 'dropped')).toHaveLength(1);
    }
  });
});
