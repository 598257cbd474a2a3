import type { ResourceRecord } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import type { DeliveryRecord, PushFrame } from '../src/index.ts';
import { RecordingSubscriber, ruleStored, watched } from './recording-subscriber.ts';
import { until, type RegistryHarness } from './registry-harness.ts';
import { find, instance, registration, scope, tenant } from './requests.ts';

/** Takes one frame and then nothing until it is told to. */
class HesitantSubscriber extends RecordingSubscriber {
  #written: PromiseWithResolvers<void> | undefined;
  #isQuick = false;

  override send(frame: PushFrame): Promise<void> | undefined {
    this.frames.push(frame);
    if (this.#isQuick) return undefined;
    this.#written = Promise.withResolvers();
    return this.#written.promise;
  }

  catchUp(): void {
    this.#isQuick = true;
    this.#written?.resolve();
  }
}

/** May see what its test lets it. */
class RestrictedSubscriber extends RecordingSubscriber {
  readonly hidden = new Set<string>();

  permits({ value }: ResourceRecord<'SERVICE'>): boolean {
    return !this.hidden.has(value.serviceName);
  }
}

async function deliveriesOf(
  harness: RegistryHarness,
  instanceId: string,
): Promise<readonly DeliveryRecord[]> {
  const { pushes } = await harness.registry.pushTrace.find({ tenant, instanceId, limit: 1 });
  return pushes[0]?.deliveries ?? [];
}

/** Registers instances `i0`, `i1` and so on. */
async function register(harness: RegistryHarness, provider: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await harness.registry.instances.register(
      scope,
      provider,
      instance({ instanceId: `i${index}` }),
    );
  }
}

describe('a watcher for whom too much waits', () => {
  it('is told to forget each provider it missed something of, then hears the newest', async () => {
    const { harness, consumer, provider, subscriber } = await watched({
      config: { subscriberQueueLimit: 4 },
    });
    await using _ = harness;
    const { hub, services, discovery } = harness.registry;
    await ruleStored(harness);
    const other = await services.register(scope, registration({ serviceName: 'bill' }));
    await discovery.answer(
      discovery.prepare(find({ consumerId: consumer, serviceName: 'bill' })),
      '',
    );
    const slow = new HesitantSubscriber();
    hub.subscribe(tenant, consumer, slow);

    await register(harness, provider, 4);
    await harness.registry.instances.register(scope, other, instance({ instanceId: 'b' }));
    await harness.registry.instances.register(scope, provider, instance({ instanceId: 'last' }));
    slow.catchUp();
    await until('the newest', () => slow.actions.includes('CREATE cart last'));

    expect(slow.actions).toEqual([
      'CREATE cart i0',
      'EXPIRE cart -',
      'EXPIRE bill -',
      'CREATE cart last',
    ]);
    expect(subscriber.actions).toHaveLength(6);
    expect(harness.metric('notify_push_dropped_total', 'websocket', 'slow')).toBe(4);
    expect((await deliveriesOf(harness, 'i1')).map(({ state, reason }) => [state, reason])).toEqual(
      [
        ['sent', undefined],
        ['dropped', 'slow'],
      ],
    );
  });

  it('hears the newest only where nobody is to be told to forget', async () => {
    const { harness, consumer, provider } = await watched({
      config: { subscriberQueueLimit: 2, watchExpire: false },
    });
    await using _ = harness;
    await ruleStored(harness);
    const slow = new HesitantSubscriber();
    harness.registry.hub.subscribe(tenant, consumer, slow);

    await register(harness, provider, 4);
    slow.catchUp();
    await until('the newest', () => slow.actions.length > 1);

    expect(slow.actions).toEqual(['CREATE cart i0', 'CREATE cart i3']);
  });

  it('is let go when even what it has to forget is too much', async () => {
    const { harness, consumer, provider } = await watched({ config: { subscriberQueueLimit: 1 } });
    await using _ = harness;
    await ruleStored(harness);
    const slow = new HesitantSubscriber();
    harness.registry.hub.subscribe(tenant, consumer, slow);
    const before = harness.registry.hub.size;

    await register(harness, provider, 3);

    expect(slow.ended).toBe('slow');
    expect(harness.registry.hub.size).toBe(before - 1);
  });
});

describe('what becomes of a change', () => {
  it('is traced for each watcher, from its commit on', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    await ruleStored(harness);
    const startedMs = Date.now();
    const gone = new HesitantSubscriber();
    const subscription = harness.registry.hub.subscribe(tenant, consumer, gone);
    await register(harness, provider, 1);
    subscription.close();

    const { pushes } = await harness.registry.pushTrace.find({ tenant, limit: 10 });
    const [push] = pushes;
    expect(pushes).toHaveLength(1);
    expect(push).toMatchObject({ action: 'CREATE', serviceId: provider, instanceId: 'i0' });
    const { committedAt = 0, receivedAt = 0, appliedAt = 0, deliveries = [] } = push ?? {};
    const [sent, dropped] = deliveries;
    expect(deliveries).toHaveLength(2);
    expect(sent).toMatchObject({ subscriber: 'websocket-1', state: 'sent' });
    expect(dropped).toMatchObject({ state: 'dropped', reason: 'disconnected', sentAt: undefined });
    const times = [startedMs - 5, committedAt, receivedAt, appliedAt, sent?.queuedAt, sent?.sentAt];
    expect(times).toEqual(times.toSorted((left = 0, right = 0) => left - right));
    expect(sent?.sentAt).toBeLessThan(Date.now() + 5);
    expect(subscriber.actions).toEqual(['CREATE cart i0']);
  });

  it('shows the server as stopping for what was not sent any more', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    await ruleStored(harness);
    harness.registry.hub.subscribe(tenant, consumer, new HesitantSubscriber());
    await register(harness, provider, 2);

    await harness.registry.close();

    expect((await deliveriesOf(harness, 'i1')).map(({ reason }) => reason)).toEqual([
      undefined,
      'shutdown',
    ]);
  });
});

describe('a watcher that may not see everything', () => {
  it('neither lists nor hears of what it may not see, deletions of whole services included', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    const { hub, services } = harness.registry;
    await ruleStored(harness);
    await register(harness, provider, 1);
    const restricted = new RestrictedSubscriber();
    restricted.hidden.add('cart');
    hub.listAndSubscribe(tenant, consumer, restricted);

    await register(harness, provider, 2);
    await services.delete(scope, provider, true);

    expect(subscriber.actions).toContain('DELETE cart i1');
    expect(restricted.actions).toEqual([]);
  });

  it('is told to forget its providers when what it may see has changed', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    await ruleStored(harness);
    const restricted = new RestrictedSubscriber();
    hub.subscribe(tenant, consumer, restricted);

    await instances.register(scope, provider, instance({ instanceId: 'seen' }));
    restricted.hidden.add('cart');
    hub.recheck();
    await instances.register(scope, provider, instance({ instanceId: 'hidden' }));
    restricted.hidden.clear();
    hub.recheck();
    await instances.register(scope, provider, instance({ instanceId: 'again' }));

    expect(restricted.actions).toEqual([
      'CREATE cart seen',
      'EXPIRE cart -',
      'EXPIRE cart -',
      'CREATE cart again',
    ]);
    // Who may see everything has nothing to forget.
    expect(subscriber.actions).toEqual([
      'CREATE cart seen',
      'CREATE cart hidden',
      'CREATE cart again',
    ]);
  });

  it('is let go when it may not see the service that it watches for', async () => {
    const { harness, consumer, subscriber } = await watched();
    await using _ = harness;
    const { hub } = harness.registry;
    const restricted = new RestrictedSubscriber();
    hub.subscribe(tenant, consumer, restricted);
    const before = hub.size;

    restricted.hidden.add('web');
    hub.recheck();

    expect(restricted.ended).toBe('forbidden');
    expect(subscriber.ended).toBeUndefined();
    expect(hub.size).toBe(before - 1);
  });
});
