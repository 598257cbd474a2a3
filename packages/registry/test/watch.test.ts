import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { RecordingSubscriber, ruleStored, watched } from './recording-subscriber.ts';
import { RegistryHarness, until } from './registry-harness.ts';
import { find, instance, key, map, registration, scope, tenant } from './requests.ts';

describe('a consumer that watches', () => {
  it('is pushed what happens to the instances it has found, before the change is answered', async () => {
    const { harness, provider, subscriber } = await watched();
    await using _ = harness;
    const { instances, services } = harness.registry;

    // The rule of the find may still be on its way to the store; nothing is missed for that.
    await instances.register(scope, provider, instance({ instanceId: 'i' }));
    expect(subscriber.actions).toEqual(['CREATE cart i']);
    await ruleStored(harness);
    await instances.updateStatus(scope, provider, 'i', 'DOWN');
    await instances.updateProperties(scope, provider, 'i', map({ a: 'b' }));
    await instances.heartbeat(tenant, provider, 'i');
    await services.updateProperties(scope, provider, map({}));
    await instances.unregister(scope, provider, 'i');

    expect(subscriber.actions).toEqual([
      'CREATE cart i',
      'UPDATE cart i',
      'UPDATE cart i',
      'DELETE cart i',
    ]);
    expect(subscriber.pushes[1]?.instance?.status).toBe('DOWN');
    expect(subscriber.pushes[3]).toMatchObject({
      key: { tenant: 'd1/p1', appId: 'shop', serviceName: 'cart', version: '1.0.0' },
      instance: { instanceId: 'i', status: 'DOWN' },
    });
    expect(harness.metric('notify_publish_total', 'INSTANCE', 'SUCCESS')).toBe(4);
    expect(harness.metric('notify_subscriber_total', 'd1', 'Websocket')).toBe(1);
  });

  it('is pushed nothing of providers it has not found', async () => {
    const { harness, subscriber } = await watched();
    await using _ = harness;
    const { services } = harness.registry;

    await services.register(
      scope,
      registration({ serviceName: 'bill' }, { instances: [instance()] }),
    );

    expect(subscriber.frames).toEqual([]);
  });

  it('is pushed versions that are registered later', async () => {
    const { harness, subscriber } = await watched();
    await using _ = harness;
    await ruleStored(harness);

    await harness.registry.services.register(
      scope,
      registration({ version: '2.0.0' }, { instances: [instance({ instanceId: 'i' })] }),
    );

    expect(subscriber.actions).toEqual(['CREATE cart i']);
  });

  it('is pushed the deletion of instances that go with their service', async () => {
    const { harness, provider, subscriber } = await watched();
    await using _ = harness;
    const { instances, services } = harness.registry;
    await ruleStored(harness);
    await instances.register(scope, provider, instance({ instanceId: 'i' }));
    await instances.register(scope, provider, instance({ instanceId: 'j' }));

    await services.delete(scope, provider, true);

    expect(subscriber.actions.toSorted()).toEqual([
      'CREATE cart i',
      'CREATE cart j',
      'DELETE cart i',
      'DELETE cart j',
    ]);
  });

  it('is pushed the real name of a provider that it found by alias', async () => {
    const { harness, consumer, subscriber } = await watched();
    await using _ = harness;
    const { services, discovery, instances } = harness.registry;
    const provider = await services.register(
      scope,
      registration({ serviceName: 'real', alias: 'other-name' }),
    );
    await discovery.answer(
      discovery.prepare(find({ consumerId: consumer, serviceName: 'other-name' })),
      '',
    );

    await instances.register(scope, provider, instance({ instanceId: 'i' }));

    expect(subscriber.pushes[0]?.key).toMatchObject({ serviceName: 'real', alias: 'other-name' });
  });

  it('is told to forget its providers when its own tags change', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    const { tags } = harness.registry;
    await ruleStored(harness);

    await tags.replaceAll(scope, consumer, map({ a: 'b' }));
    expect(subscriber.actions).toEqual(['EXPIRE cart -']);
    expect(subscriber.frames[0]?.text).not.toContain('instance');
    await tags.replaceAll(scope, provider, map({ a: 'b' }));
    expect(subscriber.frames).toHaveLength(1);
  });

  it('is pushed an event once, however many rules lead to it', async () => {
    const { harness, provider, subscriber } = await watched();
    await using _ = harness;
    const { dependencies, instances } = harness.registry;
    await ruleStored(harness);
    const consumer = key({ serviceName: 'web', version: '1.0.0' });
    const providers = [key({ appId: '', serviceName: '*' })];
    await dependencies.declare(scope, [{ consumer, providers, override: true }], 'override');
    await until('the queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);

    await instances.register(scope, provider, instance({ instanceId: 'i' }));

    expect(subscriber.actions).toEqual(['CREATE cart i']);
  });

  it('is not pushed what it may not use', async () => {
    const { harness, provider } = await watched();
    await using _ = harness;
    const { services, dependencies, hub, instances } = harness.registry;
    const stranger = await services.register(scope, registration({ appId: 'other' }));
    const subscriber = new RecordingSubscriber();
    hub.subscribe(tenant, stranger, subscriber);
    const consumer = key({ appId: 'other', version: '1.0.0' });
    await dependencies.declare(scope, [{ consumer, providers: [key()], override: true }], 'add');
    await until('the rules', () => harness.aggregator.cache('DEPENDENCY_RULE').size === 3);

    await instances.register(scope, provider, instance({ instanceId: 'i' }));
    await services.updateProperties(scope, provider, map({ allowCrossApp: 'true' }));
    await instances.register(scope, provider, instance({ instanceId: 'j' }));

    expect(subscriber.actions).toEqual(['CREATE cart j']);
  });

  it('shares one frame with all other watches', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    const second = new RecordingSubscriber();
    hub.subscribe(tenant, consumer, second);

    await instances.register(scope, provider, instance());

    expect(second.frames[0]).toBe(subscriber.frames[0]);
    expect(second.frames[0]?.payload).toBe(subscriber.frames[0]?.payload);
  });

  it('is pushed nothing after it has closed its watch', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    const subscriber = new RecordingSubscriber();
    const subscription = hub.subscribe(tenant, consumer, subscriber);
    const before = hub.size;

    subscription.close();
    subscription.close();
    await instances.register(scope, provider, instance());

    expect(hub.size).toBe(before - 1);
    expect(subscriber.frames).toEqual([]);
    expect(subscriber.ended).toBeUndefined();
  });

  it('is told when the server stops', async () => {
    const { harness, subscriber, consumer } = await watched();
    await using _ = harness;

    await harness.registry.close();

    expect(subscriber.ended).toBe('shutdown');
    expect(() => harness.registry.hub.subscribe(tenant, consumer, subscriber)).toThrow(/closed/);
  });

  it('is pushed the deletion of an instance that stops beating', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        instance: { ttlSeconds: 1, minIntervalSeconds: 1, minTimes: 0, properties: map({}) },
      },
    });
    const { services, discovery, hub } = harness.registry;
    await services.register(
      scope,
      registration({}, { instances: [instance({ instanceId: 'i' })] }),
    );
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    const subscriber = new RecordingSubscriber();
    hub.subscribe(tenant, consumer, subscriber);
    const prepared = discovery.prepare(find({ consumerId: consumer }));
    await discovery.answer(prepared, '');

    await until('the expiry', () => subscriber.frames.length > 0);

    expect(subscriber.actions).toEqual(['DELETE cart i']);
    expect((await discovery.answer(prepared, '')).count).toBe(0);
  });

  it('keeps its events in order while it is slow', async () => {
    const { harness, consumer, provider, subscriber } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    await ruleStored(harness);
    const sent: string[] = [];
    hub.subscribe(tenant, consumer, {
      description: { channel: 'websocket', remote: '' },
      send: async (frame) => {
        await sleep(1);
        sent.push(frame.text);
      },
      close: () => undefined,
    });

    for (let index = 0; index < 20; index++) {
      await instances.register(scope, provider, instance({ instanceId: `i${index}` }));
    }
    await until('the slow watch', () => sent.length === 20);

    expect(sent).toEqual(subscriber.frames.map(({ text }) => text));
  });
});
