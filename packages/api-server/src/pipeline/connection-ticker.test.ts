import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { ConnectionTicker, type TickingConnection } from './connection-ticker.ts';

function rig(): {
  clock: ManualClock;
  connections: Set<TickingConnection>;
  ticker: ConnectionTicker;
} {
  const clock = new ManualClock();
  const connections = new Set<TickingConnection>();
  const ticker = new ConnectionTicker({
    clock,
    intervalMs: 500,
    connections: () => connections,
  });
  return { clock, connections, ticker };
}

describe('ConnectionTicker', () => {
  it('ticks every connection once an interval, however often it is started', async () => {
    const { clock, connections, ticker } = rig();
    const ticks: number[] = [];
    connections.add({ tick: () => ticks.push(1) }).add({ tick: () => ticks.push(2) });
    ticker.start();
    ticker.start();
    await clock.advance(1000);
    expect(ticks).toEqual([1, 2, 1, 2]);
    expect(clock.pendingTimers).toBe(1);
  });

  it('leaves no timer when a tick stops it', async () => {
    const { clock, connections, ticker } = rig();
    connections.add({
      tick: () => {
        ticker.stop();
      },
    });
    ticker.start();
    await clock.advance(500);
    expect(clock.pendingTimers).toBe(0);
  });

  it('has one timer when a tick stops it and starts it again', async () => {
    const { clock, connections, ticker } = rig();
    connections.add({
      tick: () => {
        ticker.stop();
        ticker.start();
      },
    });
    ticker.start();
    await clock.advance(500);
    expect(clock.pendingTimers).toBe(1);
    ticker.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
