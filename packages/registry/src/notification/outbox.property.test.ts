import { MetricRegistry } from '@service-center/sdcommon';
import { ManualClock, sampleService } from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { PushTrace } from '../push-trace/index.ts';
import { NotificationMetrics } from './notification-metrics.ts';
import { Outbox } from './outbox.ts';
import { PushFrame } from './push-frame.ts';
import type { Subscriber } from './subscriber.ts';

const tenant = { domain: 'd', project: 'p' };
const description = { channel: 'websocket', remote: '' } as const;

/** Takes one frame at a time and says when it is written only when told. */
class SlowSubscriber implements Subscriber {
  readonly description = description;
  readonly sent: string[] = [];
  #written: PromiseWithResolvers<void> | undefined;

  get isTaking(): boolean {
    return this.#written !== undefined;
  }

  send(frame: PushFrame): Promise<void> {
    this.sent.push(frame.text);
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

interface Opening {
  readonly limit?: number;
  readonly sendsExpiry?: boolean;
  readonly listed?: readonly string[];
}

function open(
  subscriber: Subscriber,
  { limit = 5, sendsExpiry = true, listed = [] }: Opening = {},
) {
  const clock = new ManualClock();
  const registry = new MetricRegistry();
  const trace = new PushTrace({ clock, metrics: registry, minutes: 1, maxBytes: 1 << 20 });
  const failures: unknown[] = [];
  const overflows: Outbox[] = [];
  const ready: Outbox[] = [];
  const settings = {
    limit,
    sendsExpiry,
    clock,
    metrics: new NotificationMetrics(registry, clock),
    onReady: (one: Outbox) => {
      ready.push(one);
    },
    onFailure: (_: Outbox, error: unknown) => {
      failures.push(error);
    },
    onOverflow: (one: Outbox) => {
      overflows.push(one);
      one.close('slow');
    },
  };
  const outbox = new Outbox(settings, {
    consumer: { tenant, serviceId: 's' },
    subscriber,
    traced: trace.subscriber(description),
    ...(listed.length > 0 && { listing: listed.map((text) => new PushFrame(text)).values() }),
  });
  const push = (text: string, provider: string): PushFrame => {
    const frame = (own: string, expire: (() => PushFrame) | undefined): PushFrame =>
      new PushFrame(own, {
        push: trace.expiry({ tenant, serviceId: provider }, sampleService(), { receivedMs: 0 }),
        provider,
        expire,
      });
    const made = frame(text, () => frame(`EXPIRE ${provider}`, undefined));
    outbox.push(made, 0);
    return made;
  };
  const metric = (name: string, status?: string): unknown =>
    registry
      .collect()
      .find(({ spec }) => spec.name === name)
      ?.samples.find(({ labels }) => labels['status'] === status)?.value;
  const states = async (): Promise<Record<string, number>> => {
    const { pushes } = await trace.find({ tenant, limit: 1000 });
    const all = pushes.flatMap(({ deliveries }) => deliveries);
    const byState = Map.groupBy(all, ({ state, reason }) => reason ?? state);
    return Object.fromEntries([...byState].map(([state, { length }]) => [state, length]));
  };
  return { outbox, push, failures, overflows, ready, metric, states };
}

function providerOf(text: string): string {
  return text.split(' ').at(-1) ?? '';
}

function numberOf(text: string): number {
  return Number(text.split(' ')[0]);
}

/** The changes that were not sent, and of whose provider nothing tells to forget it before its next change. */
function untold(pushed: readonly string[], news: readonly string[]): readonly string[] {
  return pushed.filter((text) => {
    if (news.includes(text)) return false;
    const next = news.findIndex(
      (other) => providerOf(other) === providerOf(text) && numberOf(other) > numberOf(text),
    );
    const before = next === -1 ? news : news.slice(0, next);
    return !before.includes(`EXPIRE ${providerOf(text)}`);
  });
}

/** What is pushed, of which provider, or the subscriber takes the next frame. */
const steps = fc.array(fc.option(fc.nat(5), { nil: undefined }), { maxLength: 80 });

describe('an outbox', () => {
  it('keeps the order, stays within its bound, and loses nothing without telling', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.nat(9),
        fc.integer({ min: 1, max: 8 }),
        async (plan, count, limit) => {
          const subscriber = new SlowSubscriber();
          const listed = Array.from({ length: count }, (_, index) => `listed ${index}`);
          const { outbox, push, overflows, metric, states } = open(subscriber, { limit, listed });
          outbox.drain();
          const pushed: string[] = [];
          for (const provider of plan) {
            if (provider === undefined) await subscriber.finish();
            else pushed.push(`${pushed.length} ${provider}`);
            if (provider !== undefined) push(pushed.at(-1) ?? '', String(provider));
            expect(metric('notify_pending_total')).toBeLessThanOrEqual(limit);
          }
          while (overflows.length === 0 && subscriber.isTaking) await subscriber.finish();

          const { sent } = subscriber;
          const news = sent.slice(Math.min(sent.length, count));
          const changes = news.filter((text) => !text.startsWith('EXPIRE'));
          expect(sent.slice(0, count)).toEqual(listed.slice(0, sent.length));
          expect(changes).toEqual(pushed.filter((text) => changes.includes(text)));
          expect(metric('notify_pending_total')).toBe(0);
          // A subscriber that cannot even be told what to forget is let go, which only many providers bring about.
          const isLetGo = overflows.length > 0;
          expect(!isLetGo || new Set(plan).size >= limit).toBe(true);
          expect(isLetGo ? [] : untold(pushed, news)).toEqual([]);
          // Nothing is told to be forgotten of which nothing was dropped, and everything is in the trace.
          const isComplete = !isLetGo && changes.length === pushed.length;
          expect(!isComplete || news.length === changes.length).toBe(true);
          const { slow = 0, sent: traced = 0, ...others } = await states();
          expect(others).toEqual({});
          expect(slow > 0).toBe(!isComplete);
          expect(traced + (isLetGo ? 1 : 0)).toBeGreaterThanOrEqual(news.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('tells once to forget each provider of what it dropped, then goes on with the newest', async () => {
    const subscriber = new SlowSubscriber();
    const { outbox, push, metric, states } = open(subscriber, { limit: 4 });
    push('0', 'a');
    for (const [index, provider] of ['a', 'b', 'a', 'b'].entries()) push(`${index + 1}`, provider);
    expect(metric('notify_pending_total')).toBe(4);

    push('5', 'c');
    expect(metric('notify_pending_total')).toBe(3);
    expect(metric('notify_publish_total', 'FAILURE')).toBe(4);
    push('6', 'a');
    // Two to forget and two changes wait: the changes give way again, the providers to forget are three now.
    push('7', 'b');
    expect(await states()).toEqual({ queued: 5, slow: 6 });
    for (let turn = 0; turn < 8; turn++) await subscriber.finish();

    expect(subscriber.sent).toEqual(['0', 'EXPIRE a', 'EXPIRE b', 'EXPIRE c', '7']);
    expect(await states()).toEqual({ sent: 5, slow: 6 });
    outbox.close('disconnected');
    expect(metric('notify_pending_total')).toBe(0);
  });

  it('shares what tells to forget a provider among all who missed the same change', () => {
    const { push } = open(new SlowSubscriber());
    const frame = push('0', 'a');
    expect(frame.expiry).toBe(frame.expiry);
    expect(frame.expiry.expiry).toBe(frame.expiry);
    expect(frame.expiry.text).toBe('EXPIRE a');
  });

  it('drops all but the newest when nobody is to be told to forget', async () => {
    const subscriber = new SlowSubscriber();
    const { push } = open(subscriber, { limit: 2, sendsExpiry: false });
    for (let index = 0; index < 6; index++) push(`${index}`, 'a');
    for (let turn = 0; turn < 4; turn++) await subscriber.finish();

    expect(subscriber.sent).toEqual(['0', '5']);
  });

  it('gives up a subscriber for whom not even the providers to forget may wait', async () => {
    const { push, overflows, metric, states } = open(new SlowSubscriber(), { limit: 2 });
    for (const provider of ['a', 'b', 'c', 'd', 'e', 'f']) push(provider, provider);

    expect(overflows).toHaveLength(1);
    expect(metric('notify_pending_total')).toBe(0);
    const { queued, ...dropped } = await states();
    expect(queued).toBeUndefined();
    expect(Object.keys(dropped)).toEqual(['slow']);
  });

  it('gives way to others after a part of a long list', () => {
    const sent: string[] = [];
    const subscriber: Subscriber = {
      description,
      send: ({ text }) => {
        sent.push(text);
      },
      close: () => undefined,
    };
    const listed = Array.from({ length: 1000 }, (_, index) => String(index));
    const { outbox, push, ready } = open(subscriber, { listed });

    outbox.drain();
    const first = sent.length;
    push('1000', 'a');
    let turns = 0;
    for (; ready.pop() !== undefined; turns++) outbox.drain();

    expect(first).toBeLessThan(100);
    expect(turns).toBeGreaterThan(9);
    expect(sent).toEqual([...listed, '1000']);
  });

  it('ends with the first frame that cannot be sent', async () => {
    const failure = new Error('broken');
    const { push, failures, metric, states } = open({
      description,
      send: () => {
        throw failure;
      },
      close: () => undefined,
    });

    push('1', 'a');
    push('2', 'a');

    expect(failures).toEqual([failure]);
    expect(metric('notify_publish_total', 'FAILURE')).toBe(1);
    expect(await states()).toEqual({ failed: 1 });
  });

  it('ends when a frame on its way fails, and drops what waits', async () => {
    const written = Promise.withResolvers<void>();
    let calls = 0;
    const { push, failures, metric, states } = open({
      description,
      send: () => {
        calls++;
        return written.promise;
      },
      close: () => undefined,
    });
    push('1', 'a');
    push('2', 'a');

    written.reject(new Error('cut'));
    await expect(written.promise).rejects.toThrow('cut');

    expect(failures).toHaveLength(1);
    expect(calls).toBe(1);
    expect(metric('notify_pending_total')).toBe(0);
    expect(await states()).toEqual({ failed: 2 });
  });

  it('that fails while it works off what waited counts none of it twice', async () => {
    const written = Promise.withResolvers<void>();
    const sent: string[] = [];
    const { push, metric } = open({
      description,
      send: ({ text }) => {
        sent.push(text);
        if (text === '3') throw new Error('broken');
        return text === '1' ? written.promise : undefined;
      },
      close: () => undefined,
    });
    for (const text of ['1', '2', '3', '4']) push(text, 'a');
    written.resolve();
    await written.promise;

    expect(sent).toEqual(['1', '2', '3']);
    expect(metric('notify_pending_total')).toBe(0);
  });

  it('that is closed shows in the trace why the rest was not sent, also what was on its way', async () => {
    const subscriber = new SlowSubscriber();
    const { outbox, push, failures, states } = open(subscriber);
    push('1', 'a');
    push('2', 'a');

    outbox.close('shutdown');
    outbox.close('disconnected');
    await subscriber.finish();

    expect(await states()).toEqual({ shutdown: 2 });
    expect(failures).toEqual([]);
  });
});
