import { describe, expect, it } from 'vitest';

import { RecordingSubscriber, ruleStored, watched } from './recording-subscriber.ts';
import { RegistryHarness, until } from './registry-harness.ts';
import { find, instance, map, registration, scope, tenant } from './requests.ts';

describe('a consumer that lists and watches', () => {
  it('is told of the instances that are there, then of what happens to them', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    const { hub, instances, services } = harness.registry;
    await ruleStored(harness);
    await services.register(
      scope,
      registration({ version: '2.0.0' }, { instances: [instance({ instanceId: 'z' })] }),
    );
    for (const instanceId of ['b', 'a']) {
      await instances.register(scope, provider, instance({ instanceId }));
    }
    const subscriber = new RecordingSubscriber();

    hub.listAndSubscribe(tenant, consumer, subscriber);
    await instances.updateStatus(scope, provider, 'a', 'DOWN');
    await instances.unregister(scope, provider, 'b');

    expect(subscriber.actions.slice(0, 3).toSorted()).toEqual([
      'INIT cart a',
      'INIT cart b',
      'INIT cart z',
    ]);
    // Those of one service come in the order in which they were registered.
    const ofFirst = subscriber.actions.filter((action) => /^INIT cart [ab]$/.test(action));
    expect(ofFirst).toEqual(['INIT cart b', 'INIT cart a']);
    expect(subscriber.actions.slice(3)).toEqual(['UPDATE cart a', 'DELETE cart b']);
  });

  it('gets keys without tenant and alias in the list only', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    const { hub, instances, services, discovery } = harness.registry;
    const other = await services.register(
      scope,
      registration({ serviceName: 'real', alias: 'nick' }, { instances: [instance()] }),
    );
    await discovery.answer(
      discovery.prepare(find({ consumerId: consumer, serviceName: 'nick' })),
      '',
    );
    const subscriber = new RecordingSubscriber();

    hub.listAndSubscribe(tenant, consumer, subscriber);
    await instances.register(scope, other, instance({ instanceId: 'i' }));

    expect(provider).not.toBe(other);
    expect(subscriber.pushes.map(({ key }) => [key.serviceName, key.tenant, key.alias])).toEqual([
      ['real', '', ''],
      ['real', 'd1/p1', 'nick'],
    ]);
  });

  it('is told of providers whose rule is still on its way', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery, hub } = harness.registry;
    await services.register(
      scope,
      registration({}, { instances: [instance({ instanceId: 'i' })] }),
    );
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    const subscriber = new RecordingSubscriber();

    await discovery.answer(discovery.prepare(find({ consumerId: consumer })), '');
    expect(harness.aggregator.cache('DEPENDENCY_RULE').size).toBe(0);
    hub.listAndSubscribe(tenant, consumer, subscriber);

    expect(subscriber.actions).toEqual(['INIT cart i']);
  });

  it('is told of nothing that it may not use, and of nothing while it depends on nobody', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    const { hub, instances, rules, services } = harness.registry;
    await ruleStored(harness);
    await instances.register(scope, provider, instance());
    const idle = await services.register(scope, registration({ serviceName: 'idle' }));
    await rules.add(scope, provider, [
      { ruleType: 'BLACK', attribute: 'ServiceName', pattern: 'web', description: '' },
    ]);
    const barred = new RecordingSubscriber();
    const alone = new RecordingSubscriber();

    hub.listAndSubscribe(tenant, consumer, barred);
    hub.listAndSubscribe(tenant, idle, alone);
    hub.listAndSubscribe(tenant, 'unknown', alone);

    expect([...barred.frames, ...alone.frames]).toEqual([]);
  });

  it('misses nothing and hears nothing twice while instances come and go', async () => {
    const { harness, consumer, provider, subscriber: watcher } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    await ruleStored(harness);
    const subscribers: RecordingSubscriber[] = [];
    const join = (): void => {
      const subscriber = new RecordingSubscriber();
      hub.listAndSubscribe(tenant, consumer, subscriber);
      subscribers.push(subscriber);
    };

    const writes: Promise<unknown>[] = [];
    for (let round = 0; round < 60; round++) {
      const instanceId = `i${round % 20}`;
      writes.push(
        round < 20
          ? instances.register(scope, provider, instance({ instanceId }))
          : instances.updateProperties(scope, provider, instanceId, map({ round: `${round}` })),
      );
      if (round >= 40) writes.push(instances.unregister(scope, provider, `i${round % 20}`));
      // Now and then in the middle of what is under way.
      if (round % 3 === 0) await writes[Math.floor(round / 2)];
      join();
    }
    await Promise.allSettled(writes);
    await until('the last deletions', () =>
      subscribers.every(({ actions }) => isEmptyAfter(actions)),
    );

    const everything = watcher.actions;
    expect(subscribers.some(({ actions }) => actions[0]?.startsWith('INIT') === true)).toBe(true);
    for (const { actions } of subscribers) {
      const events = actions.filter((action) => !action.startsWith('INIT'));
      const missed = everything.slice(0, everything.length - events.length);
      expect(events).toEqual(everything.slice(missed.length));
      const listed = actions.slice(0, actions.length - events.length);
      expect(listed.map(instanceOf).toSorted()).toEqual([...knownAfter(missed)].toSorted());
    }
  });

  it('hears of a deletion that is older than the list, as one that was held back is', async () => {
    const { harness, consumer, provider } = await watched();
    await using _ = harness;
    const { hub, instances } = harness.registry;
    await ruleStored(harness);
    await instances.register(scope, provider, instance({ instanceId: 'i' }));
    const listed = harness.aggregator.instances.get(tenant, provider, 'i');
    if (listed === undefined) throw new Error('the instance is not in memory');
    await instances.register(scope, provider, instance({ instanceId: 'j' }));
    const subscriber = new RecordingSubscriber();

    hub.listAndSubscribe(tenant, consumer, subscriber);
    hub.handle({
      type: 'DELETE',
      resourceType: 'INSTANCE',
      resource: listed,
      previous: undefined,
      cause: 'unknown',
      revision: listed.modRevision,
      receivedMs: 0,
    });

    expect(subscriber.actions).toEqual(['INIT cart i', 'INIT cart j', 'DELETE cart i']);
  });
});

function instanceOf(action: string): string {
  return action.split(' ').at(-1) ?? '';
}

/** What a client knows that goes by what it is told. */
function knownAfter(actions: readonly string[]): ReadonlySet<string> {
  const known = new Set<string>();
  for (const action of actions) {
    if (action.startsWith('DELETE')) known.delete(instanceOf(action));
    else known.add(instanceOf(action));
  }
  return known;
}

function isEmptyAfter(actions: readonly string[]): boolean {
  return knownAfter(actions).size === 0;
}
