import { MetricRegistry, type Tenant } from '@service-center/sdcommon';
import { ManualClock, sampleService } from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { PushTrace, type DeliveryState, type TracedPush, type TracedSubscriber } from './index.ts';

const tenant: Tenant = { domain: 'd', project: 'p' };
const service = sampleService();

/** A delivery as it should be shown. */
interface Expected {
  readonly push: TracedPush;
  readonly slot: number;
  readonly subscriber: string;
  state: DeliveryState;
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push'), pick: fc.nat() }) },
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('queue'), pick: fc.nat() }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('settle'), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave'), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), pick: fc.nat() }) },
);

/** Runs steps on a trace and on lists that forget nothing. */
class TraceRun {
  readonly clock = new ManualClock();
  readonly trace: PushTrace;
  /** Pushes in the order in which they first went to somebody. */
  readonly pushes: {
    readonly serviceId: string;
    readonly appliedMs: number;
    readonly deliveries: Expected[];
  }[] = [];
  readonly #open: Expected[] = [];
  readonly #subscribers: TracedSubscriber[] = [];
  #current: { readonly push: TracedPush; readonly deliveries: Expected[] };
  #pushCount = 0;

  constructor(maxBytes: number) {
    const metrics = new MetricRegistry();
    this.trace = new PushTrace({ clock: this.clock, metrics, minutes: 1, maxBytes });
    this.#current = this.#begin();
  }

  /** Those that are not too old to be shown. */
  get young(): readonly unknown[] {
    const sinceMs = this.clock.monotonicMs() - 60_000;
    return this.pushes.filter(({ appliedMs }) => appliedMs >= sinceMs);
  }

  async take(kind: string, pick: number): Promise<void> {
    switch (kind) {
      case 'push':
        this.#current = this.#begin();
        break;
      case 'queue':
        this.#queue(pick);
        break;
      case 'settle':
        this.#settle(pick);
        break;
      case 'leave':
        this.#subscribers.splice(pick % 5, 1)[0]?.close();
        break;
      default:
        await this.clock.advance((pick % 30) * 1000);
    }
  }

  #begin(): { readonly push: TracedPush; readonly deliveries: Expected[] } {
    const id = `s${this.#pushCount++}`;
    const identity = { tenant, serviceId: id };
    const receivedMs = this.clock.monotonicMs();
    return { push: this.trace.expiry(identity, service, { receivedMs }), deliveries: [] };
  }

  #queue(pick: number): void {
    while (this.#subscribers.length < 5) {
      this.#subscribers.push(this.trace.subscriber({ channel: 'sse', remote: 'r' }));
    }
    const subscriber = this.#subscribers[pick % 5];
    if (subscriber === undefined) return;
    const { push, deliveries } = this.#current;
    if (deliveries.length === 0) {
      const { serviceId, appliedMs } = push.change;
      this.pushes.push({ serviceId, appliedMs, deliveries });
    }
    const slot = push.queued(subscriber);
    const expected: Expected = { push, slot, subscriber: subscriber.id, state: 'queued' };
    deliveries.push(expected);
    this.#open.push(expected);
  }

  #settle(pick: number): void {
    const [delivery] = this.#open.splice(pick % Math.max(1, this.#open.length), 1);
    if (delivery === undefined) return;
    const { push, slot } = delivery;
    if (pick % 3 === 0) push.dropped(slot, 'failed');
    else push.sent(slot);
    if (pick % 3 === 2) push.acknowledged(slot);
    const states = ['dropped', 'sent', 'acknowledged'] as const;
    delivery.state = states[pick % 3] ?? 'queued';
  }
}

interface Shown {
  readonly serviceId: string;
  readonly deliveries: readonly Pick<Expected, 'subscriber' | 'state'>[];
}

function outline({ serviceId, deliveries }: Shown): string {
  const texts = deliveries.map(({ subscriber, state }) => `${subscriber} ${state}`);
  return `${serviceId}: ${texts.join()}`;
}

/** More than 400 steps can fill. */
const plenty = 1 << 20;

it('shows the newest pushes whole, as they are, and never takes more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 400, size: 'max' }),
      fc.oneof(fc.integer({ min: 2000, max: 40_000 }), fc.constant(plenty)),
      async (steps, maxBytes) => {
        const run = new TraceRun(maxBytes);
        for (const { kind, pick } of steps) {
          await run.take(kind, pick);
          expect(run.trace.bytes).toBeLessThanOrEqual(maxBytes);
        }

        const { pushes, isTruncated } = await run.trace.find({ tenant, limit: 1000 });

        const kept = maxBytes === plenty ? run.young.length : pushes.length;
        const newest = run.pushes.slice(run.pushes.length - kept).toReversed();
        expect(isTruncated).toBe(false);
        expect(pushes.map(outline)).toEqual(newest.map(outline));
      },
    ),
    { numRuns: 100 },
  );
});
