import { MetricRegistry } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NotificationMetrics } from './notification-metrics.ts';
import { Outbox } from './outbox.ts';
import { PushFrame } from './push-frame.ts';
import type { Subscriber } from './subscriber.ts';

/** Takes one frame at a time and says when it is written only when told. */
class SlowSubscriber implements Subscriber {
  readonly sent: number[] = [];
  #written: PromiseWithResolvers<void> | undefined;

  send(frame: PushFrame): Promise<void> {
    this.sent.push(Number(frame.text));
    this.#written = Promise.withResolvers();
    return this.#written.promise;
  }

  close(): void {
    this.#written?.reject(new Error('closed'));
  }

  async finish(): Promise<void> {
    this.#written?.resolve();
    this.#written = undefined;
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

function open(subscriber: Subscriber, limit: number, listed: readonly number[] = []) {
  const clock = new ManualClock();
  const registry = new MetricRegistry();
  const failures: unknown[] = [];
  const ready: Outbox[] = [];
  const outbox = new Outbox({
    consumer: { tenant: { domain: 'd', project: 'p' }, serviceId: 's' },
    subscriber,
    limit,
    clock,
    metrics: new NotificationMetrics(registry, clock),
    ...(listed.length > 0 && {
      listing: listed.map((id) => new PushFrame(String(id))).values(),
    }),
    onReady: (one) => {
      ready.push(one);
    },
    onFailure: (_, error) => {
      failures.push(error);
    },
  });
  const metric = (name: string, status?: string): unknown =>
    registry
      .collect()
      .find(({ spec }) => spec.name === name)
      ?.samples.find(({ labels }) => labels['status'] === status)?.value;
  return { outbox, failures, ready, metric };
}

describe('an outbox', () => {
  it('keeps the order, and after dropping goes on with the newest', async () => {
    const limit = 5;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.nat(9),
        async (steps, count) => {
          const subscriber = new SlowSubscriber();
          const listed = Array.from({ length: count }, (_, index) => -1 - index);
          const { outbox, metric } = open(subscriber, limit, listed);
          outbox.drain();
          let pushed = 0;
          // What a queue of the same size keeps: one frame is on its way, the others wait. What is listed goes before.
          let inFlight = listed.shift();
          let waiting: number[] = [];
          const expected = inFlight === undefined ? [] : [inFlight];
          for (const isPush of steps) {
            if (isPush) {
              outbox.push(new PushFrame(String(pushed)), 0);
              if (inFlight === undefined) {
                inFlight = pushed;
                expected.push(pushed);
              } else {
                if (waiting.length >= limit) waiting = [];
                waiting.push(pushed);
              }
              pushed++;
            } else {
              await subscriber.finish();
              inFlight = listed.shift() ?? waiting.shift();
              if (inFlight !== undefined) expected.push(inFlight);
            }
          }
          expect(subscriber.sent).toEqual(expected);
          expect(metric('notify_pending_total')).toBe(waiting.length);
          outbox.close();
          expect(metric('notify_pending_total')).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives way to others after a part of a long list', () => {
    const sent: number[] = [];
    const subscriber: Subscriber = {
      send: ({ text }) => {
        sent.push(Number(text));
      },
      close: () => undefined,
    };
    const listed = Array.from({ length: 1000 }, (_, index) => index);
    const { outbox, ready } = open(subscriber, 5, listed);

    outbox.drain();
    const first = sent.length;
    outbox.push(new PushFrame('1000'), 0);
    let turns = 0;
    for (; ready.pop() !== undefined; turns++) outbox.drain();

    expect(first).toBeLessThan(100);
    expect(turns).toBeGreaterThan(9);
    expect(sent).toEqual([...listed, 1000]);
  });

  it('ends with the first frame that cannot be sent', () => {
    const failure = new Error('broken');
    const { outbox, failures, metric } = open(
      {
        send: () => {
          throw failure;
        },
        close: () => undefined,
      },
      5,
    );

    outbox.push(new PushFrame('1'), 0);
    outbox.push(new PushFrame('2'), 0);

    expect(failures).toEqual([failure]);
    expect(metric('notify_publish_total', 'FAILURE')).toBe(1);
  });

  it('ends when a frame on its way fails, and drops what waits', async () => {
    const written = Promise.withResolvers<void>();
    let calls = 0;
    const { outbox, failures, metric } = open(
      {
        send: () => {
          calls++;
          return written.promise;
        },
        close: () => undefined,
      },
      5,
    );
    outbox.push(new PushFrame('1'), 0);
    outbox.push(new PushFrame('2'), 0);

    written.reject(new Error('cut'));
    await expect(written.promise).rejects.toThrow('cut');

    expect(failures).toHaveLength(1);
    expect(calls).toBe(1);
    expect(metric('notify_pending_total')).toBe(0);
  });
});
