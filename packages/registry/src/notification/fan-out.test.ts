import { MetricRegistry, type Clock } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { PushTrace } from '../push-trace/index.ts';
import { FanOut } from './fan-out.ts';
import { NotificationMetrics } from './notification-metrics.ts';
import { Outbox, type OutboxSettings } from './outbox.ts';
import { PushFrame } from './push-frame.ts';

/** Outboxes whose writes each take a while, on a clock that only they move. */
function slowOutboxes(count: number, msPerWrite: number) {
  const clock = new ManualClock();
  const registry = new MetricRegistry();
  const metrics = new NotificationMetrics(registry, clock);
  let nowMs = 0;
  const passing: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    schedule: (ms, callback) => clock.schedule(ms, callback),
  };
  const fanOut = new FanOut(passing);
  const trace = new PushTrace({ clock: passing, metrics: registry, minutes: 0, maxBytes: 0 });
  const description = { channel: 'websocket', remote: '' } as const;
  const settings: OutboxSettings = {
    limit: 10,
    sendsExpiry: true,
    clock: passing,
    metrics,
    onReady: (outbox) => {
      fanOut.drainLater(outbox);
    },
    onFailure: () => undefined,
    onOverflow: () => undefined,
  };
  const sent: string[][] = Array.from({ length: count }, () => []);
  const outboxes = sent.map(
    (frames) =>
      new Outbox(settings, {
        consumer: { tenant: { domain: 'd', project: 'p' }, serviceId: 's' },
        subscriber: {
          description,
          send: ({ text }) => {
            frames.push(text);
            nowMs += msPerWrite;
          },
          close: () => undefined,
        },
        traced: trace.subscriber(description),
      }),
  );
  return { sent, outboxes, fanOut };
}

async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

describe('a fan-out', () => {
  it('reaches everybody in the same turn while that is quick', () => {
    const { sent, outboxes, fanOut } = slowOutboxes(1000, 0);

    fanOut.send(outboxes, new PushFrame('a'), 0);

    expect(sent.every((frames) => frames.join() === 'a')).toBe(true);
  });

  it('gives way when it takes long, and keeps the order for each', async () => {
    const { sent, outboxes, fanOut } = slowOutboxes(1000, 0.1);

    fanOut.send(outboxes, new PushFrame('a'), 0);
    const reached = sent.filter((frames) => frames.length > 0).length;
    fanOut.send(outboxes, new PushFrame('b'), 0);
    for (let turn = 0; turn < 100; turn++) await nextTurn();

    expect(reached).toBeGreaterThanOrEqual(30);
    expect(reached).toBeLessThan(100);
    expect(sent.every((frames) => frames.join() === 'a,b')).toBe(true);
  });

  it('gives several frames of one turn no more time than one', () => {
    const { sent, outboxes, fanOut } = slowOutboxes(1000, 0.1);

    for (let index = 0; index < 10; index++) {
      fanOut.send(outboxes.slice(index * 100, (index + 1) * 100), new PushFrame('a'), 0);
    }

    expect(sent.filter((frames) => frames.length > 0).length).toBeLessThan(100);
  });

  it('comes to those who wait, however much is sent to others', async () => {
    const { sent, outboxes, fanOut } = slowOutboxes(1000, 0.1);
    const [waiting, busy] = [outboxes.slice(0, 500), outboxes.slice(500)];

    fanOut.send(waiting, new PushFrame('a'), 0);
    for (let turn = 0; turn < 100; turn++) {
      fanOut.send(busy, new PushFrame('b'), 0);
      await nextTurn();
    }

    expect(sent.slice(0, 500).every((frames) => frames.join() === 'a')).toBe(true);
  });

  it('sends nothing more once it is closed', async () => {
    const { sent, outboxes, fanOut } = slowOutboxes(1000, 0.1);
    fanOut.send(outboxes, new PushFrame('a'), 0);
    const reached = sent.filter((frames) => frames.length > 0).length;

    fanOut.close();
    await nextTurn();
    await nextTurn();

    expect(sent.filter((frames) => frames.length > 0)).toHaveLength(reached);
  });
});
