import { MetricRegistry, type CacheEvent, type Tenant } from '@service-center/sdcommon';
import {
  instanceDraft,
  ManualClock,
  sampleInstance,
  sampleService,
} from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { PushTrace, type SubscriberDescription, type TracedPush } from './index.ts';
import { maxShownDeliveries } from './push-search.ts';

const tenant: Tenant = { domain: 'd', project: 'p' };
const service = sampleService({ serviceId: 's1' });
const socket: SubscriberDescription = {
  channel: 'websocket',
  remote: '10.0.0.7:5000',
  consumerId: 'c1',
};

function eventOf(instanceId: string, given: Partial<CacheEvent<'INSTANCE'>> = {}) {
  const draft = instanceDraft(tenant, sampleInstance({ serviceId: 's1', instanceId }));
  return {
    type: 'UPDATE',
    resourceType: 'INSTANCE',
    resource: { ...draft, createRevision: 1n, modRevision: 2n, version: 2n },
    previous: undefined,
    cause: undefined,
    revision: 2n,
    receivedMs: 0,
    ...given,
  } satisfies CacheEvent<'INSTANCE'>;
}

function setUp({ minutes = 10, maxBytes = 32 * 1024 * 1024 } = {}) {
  const clock = new ManualClock();
  const metrics = new MetricRegistry();
  const trace = new PushTrace({ clock, metrics, minutes, maxBytes });
  const push = (instanceId: string): TracedPush => trace.push(eventOf(instanceId), service);
  const find = (given: Partial<Parameters<PushTrace['find']>[0]> = {}) =>
    trace.find({ tenant, limit: 1000, ...given });
  const metric = (name: string): unknown =>
    metrics.collect().find(({ spec }) => spec.name === name)?.samples;
  return { clock, trace, push, find, metric };
}

describe('a push', () => {
  it('shows when its change was committed and what became of each delivery', async () => {
    const { clock, trace, find } = setUp();
    const wallMs = clock.wallMs();
    const first = trace.subscriber(socket);
    const second = trace.subscriber({ channel: 'socket.io', remote: '' });
    const third = trace.subscriber({ channel: 'sse', remote: '' });
    await clock.advance(5);
    const push = trace.push(eventOf('i', { receivedMs: 4.5, committedMs: 4.25 }), service);

    const slots = [first, second, third].map((subscriber) => push.queued(subscriber));
    await clock.advance(2);
    push.sent(slots[0] ?? -1);
    push.sent(slots[1] ?? -1, 7.125);
    await clock.advance(3);
    push.acknowledged(slots[1] ?? -1);
    push.dropped(slots[2] ?? -1, 'slow');

    expect(await find()).toEqual({
      isTruncated: false,
      pushes: [
        {
          action: 'UPDATE',
          key: {
            tenant: 'd/p',
            environment: '',
            appId: 'shop',
            serviceName: 'cart',
            alias: '',
            version: '1.0.0',
          },
          serviceId: 's1',
          instanceId: 'i',
          revision: 2n,
          committedAt: wallMs + 4.25,
          receivedAt: wallMs + 4.5,
          appliedAt: wallMs + 5,
          deliveries: [
            {
              subscriber: 'websocket-1',
              channel: 'websocket',
              remote: '10.0.0.7:5000',
              consumerId: 'c1',
              queuedAt: wallMs + 5,
              sentAt: wallMs + 7,
              state: 'sent',
            },
            {
              subscriber: 'socket.io-2',
              channel: 'socket.io',
              remote: '',
              queuedAt: wallMs + 5,
              sentAt: wallMs + 7.125,
              acknowledgedAt: wallMs + 10,
              state: 'acknowledged',
            },
            {
              subscriber: 'sse-3',
              channel: 'sse',
              remote: '',
              queuedAt: wallMs + 5,
              droppedAt: wallMs + 10,
              reason: 'slow',
              state: 'dropped',
            },
          ],
        },
      ],
    });
  });

  it('is one for all who ask with the same event, at whatever time', () => {
    const { trace, push } = setUp();
    const event = eventOf('i');
    const first = trace.push(event, service);
    const other = push('i');
    expect(trace.push(event, service)).toBe(first);
    expect(other).not.toBe(first);
  });

  it('that tells to forget a provider is one of its own', async () => {
    const { trace, find } = setUp();
    const identity = { tenant, serviceId: 's1' };
    trace.expiry(identity, service, { receivedMs: 0 }).queued(trace.subscriber(socket));
    const { pushes } = await find();
    expect(pushes).toMatchObject([{ action: 'EXPIRE', serviceId: 's1' }]);
    expect(pushes[0]).toMatchObject({ instanceId: undefined, revision: undefined });
  });
});

it('that goes to nobody is not kept', async () => {
  const { trace, push, find } = setUp();
  push('i');
  expect((await find()).pushes).toEqual([]);
  expect(trace.bytes).toBe(0);
});

describe('a search', () => {
  it('finds by service, instance, subscriber and tenant, the newest first', async () => {
    const { trace, push, find } = setUp();
    const [one, two] = [trace.subscriber(socket), trace.subscriber(socket)];
    push('i').queued(one);
    push('j').queued(two);
    const both = push('i');
    both.queued(one);
    both.queued(two);
    const other = { tenant, serviceId: 's2' };
    trace.expiry(other, sampleService({ serviceId: 's2' }), { receivedMs: 0 }).queued(one);

    const outline = async (given: Parameters<typeof find>[0]): Promise<readonly string[]> =>
      (await find(given)).pushes.map(({ instanceId, deliveries }) =>
        [instanceId ?? '-', ...deliveries.map(({ subscriber }) => subscriber)].join(' '),
      );

    expect(await outline({})).toEqual([
      '- websocket-1',
      'i websocket-1 websocket-2',
      'j websocket-2',
      'i websocket-1',
    ]);
    expect(await outline({ serviceId: 's2' })).toEqual(['- websocket-1']);
    expect(await outline({ instanceId: 'j' })).toEqual(['j websocket-2']);
    expect(await outline({ subscriber: 'websocket-2' })).toEqual([
      'i websocket-2',
      'j websocket-2',
    ]);
    expect(await outline({ subscriber: 'websocket-2', instanceId: 'i' })).toEqual([
      'i websocket-2',
    ]);
    expect(await outline({ subscriber: 'sse-2' })).toEqual([]);
    expect(await outline({ subscriber: '2' })).toEqual([]);
    expect(await outline({ tenant: { domain: 'd', project: 'other' } })).toEqual([]);
  });

  it('says when it shows a part of the pushes only', async () => {
    const { trace, push, find } = setUp();
    const subscriber = trace.subscriber(socket);
    for (let count = 0; count < 5; count++) push(`i${count}`).queued(subscriber);

    for (const given of [{}, { subscriber: subscriber.id }]) {
      const some = await find({ ...given, limit: 3 });
      expect(some.pushes.map(({ instanceId }) => instanceId)).toEqual(['i4', 'i3', 'i2']);
      expect(some.isTruncated).toBe(true);
      expect((await find({ ...given, limit: 5 })).isTruncated).toBe(false);
    }
  });

  it('shows a bounded number of deliveries', async () => {
    const { trace, push, find } = setUp();
    const subscribers = Array.from({ length: 15_000 }, () => trace.subscriber(socket));
    for (const instanceId of ['a', 'b', 'c']) {
      const sent = push(instanceId);
      for (const subscriber of subscribers) sent.queued(subscriber);
    }
    const { pushes, isTruncated } = await find();
    expect(pushes.map(({ instanceId, deliveries }) => [instanceId, deliveries.length])).toEqual([
      ['c', 15_000],
      ['b', maxShownDeliveries - 15_000],
    ]);
    expect(isTruncated).toBe(true);
    expect((await find({ instanceId: 'a' })).isTruncated).toBe(false);
  });
});

describe('what is kept', () => {
  it('is forgotten after its minutes, with the subscribers that have gone', async () => {
    const { clock, trace, push, find } = setUp({ minutes: 1 });
    const gone = trace.subscriber(socket);
    push('i').queued(gone);
    gone.close();
    gone.close();
    await clock.advance(40_000);
    push('j').queued(trace.subscriber(socket));
    await clock.advance(30_000);

    expect((await find()).pushes.map(({ instanceId }) => instanceId)).toEqual(['j']);
    expect((await find({ subscriber: gone.id })).pushes).toEqual([]);
  });

  it('shows deliveries to a subscriber that has gone', async () => {
    const { trace, push, find } = setUp();
    const gone = trace.subscriber(socket);
    push('i').queued(gone);
    gone.close();

    expect((await find({ subscriber: gone.id })).pushes).toHaveLength(1);
  });

  it('holds a million deliveries, and stays below its bound with any number of them', async () => {
    const maxBytes = 32 * 1024 * 1024;
    const { trace, push, find } = setUp({ maxBytes });
    const subscribers = Array.from({ length: 10_000 }, () => trace.subscriber(socket));
    let largest = 0;
    for (let count = 0; count < 300; count++) {
      const sent = push(`i${count}`);
      for (const subscriber of subscribers) sent.sent(sent.queued(subscriber, 1), 2);
      largest = Math.max(largest, trace.bytes);
    }

    expect(largest).toBeLessThanOrEqual(maxBytes);
    expect(largest).toBeGreaterThan(maxBytes * 0.9);
    const { pushes } = await find({ instanceId: 'i200' });
    expect(pushes[0]?.deliveries).toHaveLength(10_000);
    expect(pushes[0]?.deliveries.every(({ state }) => state === 'sent')).toBe(true);
  });

  it('stays below its bound with many small pushes and many subscribers that go', async () => {
    const maxBytes = 256 * 1024;
    const { trace, push, find } = setUp({ maxBytes });
    for (let count = 0; count < 20_000; count++) {
      const subscriber = trace.subscriber(socket);
      const sent = push(`i${count}`);
      sent.sent(sent.queued(subscriber));
      subscriber.close();
      expect(trace.bytes).toBeLessThanOrEqual(maxBytes);
    }
    const { pushes } = await find();
    expect(pushes.length).toBeGreaterThan(100);
    expect(pushes[0]?.instanceId).toBe('i19999');
    // What is shown is complete.
    expect(pushes.every(({ deliveries }) => deliveries.length === 1)).toBe(true);
  });

  it('stays below its bound with subscribers alone that come and go', () => {
    const maxBytes = 64 * 1024;
    const { trace } = setUp({ maxBytes });
    for (let count = 0; count < 5000; count++) trace.subscriber(socket).close();
    expect(trace.bytes).toBeLessThanOrEqual(maxBytes);
  });

  it('is not forgotten for subscribers that come and go without a push', async () => {
    const { trace, push, find } = setUp({ maxBytes: 64 * 1024 });
    const sent = push('i');
    sent.sent(sent.queued(trace.subscriber(socket)));
    for (let count = 0; count < 5000; count++) trace.subscriber(socket).close();

    const { pushes } = await find();
    expect(pushes.map(({ instanceId }) => instanceId)).toEqual(['i']);
  });

  it('is the newest push even when a single one is larger than the bound', () => {
    const maxBytes = 64 * 1024;
    const { trace, push } = setUp({ maxBytes });
    const sent = push('i');
    for (let count = 0; count < 10_000; count++) {
      sent.sent(sent.queued(trace.subscriber(socket)));
      expect(trace.bytes).toBeLessThanOrEqual(maxBytes);
    }
  });

  it('is nothing with no minutes, while deliveries are still counted', async () => {
    const { trace, push, find, metric } = setUp({ minutes: 0 });
    const subscriber = trace.subscriber({ channel: 'sse', remote: '' });
    const sent = push('i');
    sent.sent(sent.queued(subscriber));
    sent.dropped(sent.queued(subscriber), 'failed');
    subscriber.close();

    expect((await find()).pushes).toEqual([]);
    expect(trace.bytes).toBe(0);
    expect(metric('notify_push_dropped_total')).toEqual([
      { labels: { channel: 'sse', reason: 'failed' }, value: 1 },
    ]);
  });
});

it('counts what is pending and how long it took from the commit, by channel', async () => {
  const { clock, trace, metric } = setUp();
  await clock.advance(100);
  const push = trace.push(eventOf('i', { receivedMs: 99, committedMs: 97 }), service);
  const subscribers = [socket, socket, socket].map((one) => trace.subscriber(one));
  const slots = subscribers.map((subscriber) => push.queued(subscriber));
  push.sent(slots[0] ?? -1);
  push.dropped(slots[1] ?? -1, 'disconnected');

  expect(metric('notify_push_pending_total')).toContainEqual({
    labels: { channel: 'websocket' },
    value: 1,
  });
  expect(metric('notify_push_dropped_total')).toEqual([
    { labels: { channel: 'websocket', reason: 'disconnected' }, value: 1 },
  ]);
  expect(metric('notify_push_durations_microseconds')).toMatchObject([
    { labels: { channel: 'websocket' }, value: { count: 1, sum: 3000 } },
    { labels: { channel: 'socket.io' }, value: { count: 0 } },
    { labels: { channel: 'sse' }, value: { count: 0 } },
  ]);
});
