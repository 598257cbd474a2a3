import type { EventTopic } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { RecordingStream } from './recording-stream.ts';
import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';
import { instance, map, registration, scope, tenant } from './requests.ts';

const project: readonly EventTopic[] = [{ kind: 'project' }];

/** A registry with one service that has the instances `a` and `b`. */
async function open(config: Parameters<typeof RegistryHarness.open>[0] = {}) {
  const harness = await RegistryHarness.open(config);
  const { services, instances } = harness.registry;
  const cart = await services.register(scope, registration());
  for (const instanceId of ['a', 'b']) {
    await instances.register(scope, cart, instance({ instanceId }));
  }
  return { harness, registry: harness.registry, cart };
}

describe('an event stream', () => {
  it('begins with what is there, services first, and goes on with what happens', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const stream = new RecordingStream(registry, project);
    await stream.synchronized();

    await registry.instances.updateStatus(scope, cart, 'a', 'DOWN');
    await registry.instances.unregister(scope, cart, 'b');
    await registry.services.updateProperties(scope, cart, map({ team: 'blue' }));
    await registry.services.register(scope, registration({ serviceName: 'web' }));

    expect(stream.story).toEqual([
      'reset new',
      'INIT cart@1.0.0',
      'INIT cart@1.0.0 a',
      'INIT cart@1.0.0 b',
      'synchronized',
      'UPDATE cart@1.0.0 a',
      'DELETE cart@1.0.0 b',
      'UPDATE cart@1.0.0',
      'CREATE web@1.0.0',
    ]);
    expect(stream.violations).toEqual([]);
    expect(stream.frames.slice(0, 4).map(({ position }) => position)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('sends each change as one object to all', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const streams = [
      new RecordingStream(registry, project),
      new RecordingStream(registry, [{ kind: 'service', serviceId: cart }]),
    ];
    for (const stream of streams) await stream.synchronized();

    await registry.instances.unregister(scope, cart, 'b');

    const [first, second] = streams.map(({ frames }) => frames.at(-1));
    expect(first).toBe(second);
    expect(first?.payload.toString()).toBe(first?.text);
  });

  it('is about its topics only, and tells what fits several once', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const topics: Record<string, readonly EventTopic[]> = {
      domain: [{ kind: 'domain' }],
      project,
      app: [{ kind: 'app', appId: 'shop' }],
      appInProduction: [{ kind: 'app', appId: 'shop', environment: 'production' }],
      appInNone: [{ kind: 'app', appId: 'shop', environment: '' }],
      provider: [{ kind: 'provider', appId: 'shop', serviceName: 'web' }],
      providerInNone: [{ kind: 'provider', appId: 'shop', serviceName: 'web', environment: '' }],
      service: [{ kind: 'service', serviceId: cart }],
      several: [
        { kind: 'project' },
        { kind: 'app', appId: 'shop' },
        { kind: 'service', serviceId: cart },
        { kind: 'service', serviceId: 'none' },
      ],
    };
    const streams = Object.entries(topics).map(
      ([name, list]) => [name, new RecordingStream(registry, list)] as const,
    );
    for (const [, stream] of streams) {
      await stream.synchronized();
      stream.clear();
    }

    await registry.services.register(scope, registration({ serviceName: 'web' }));
    await registry.services.register(
      scope,
      registration({ serviceName: 'web', environment: 'production' }),
    );
    await registry.services.register(scope, registration({ appId: 'bank', serviceName: 'desk' }));
    await registry.services.register(
      { tenant: { domain: tenant.domain, project: 'p2' } },
      registration({ serviceName: 'next' }),
    );
    await registry.services.register(
      { tenant: { domain: 'd2', project: tenant.project } },
      registration({ serviceName: 'far' }),
    );
    await registry.instances.unregister(scope, cart, 'a');

    const web = 'CREATE web@1.0.0';
    const gone = 'DELETE cart@1.0.0 a';
    const desk = 'CREATE desk@1.0.0';
    expect(Object.fromEntries(streams.map(([name, { story }]) => [name, story]))).toEqual({
      domain: [web, web, desk, 'CREATE next@1.0.0', gone],
      project: [web, web, desk, gone],
      app: [web, web, gone],
      appInProduction: [web],
      appInNone: [web, gone],
      provider: [web, web],
      providerInNone: [web],
      service: [gone],
      several: [web, web, desk, gone],
    });
  });

  it('goes on where it was', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const before = new RecordingStream(registry, project);
    await before.synchronized();
    before.subscription.close();
    const { position = '' } = before;
    await registry.instances.unregister(scope, cart, 'b');
    await registry.instances.updateStatus(scope, cart, 'a', 'DOWN');

    const after = new RecordingStream(registry, project, { position }).adopt(before.view);
    await after.synchronized();
    const idle = new RecordingStream(registry, project, { position: after.position ?? '' });
    await idle.synchronized();

    expect(before.story.at(-1)).toBe('synchronized');
    expect(after.story).toEqual(['DELETE cart@1.0.0 b', 'UPDATE cart@1.0.0 a', 'synchronized']);
    expect(after.violations).toEqual([]);
    expect(idle.story).toEqual(['synchronized']);
    expect(idle.position).toBe(after.position);
  });

  it('starts over where it cannot go on', async () => {
    const { harness, registry, cart } = await open({
      config: { eventLog: { maxChanges: 2, maxBytes: 1_000_000 } },
    });
    await using _ = harness;
    const before = new RecordingStream(registry, project);
    await before.synchronized();
    const { position = '' } = before;
    for (const status of ['DOWN', 'UP', 'DOWN']) {
      await registry.instances.updateStatus(scope, cart, 'a', status);
    }
    const [logId = ''] = position.split('.');

    for (const unknown of [position, 'other.1', `${logId}.999`]) {
      const stream = new RecordingStream(registry, project, { position: unknown });
      await stream.synchronized();
      expect(stream.story.slice(0, 2)).toEqual(['reset positionUnknown', 'INIT cart@1.0.0']);
      expect(stream.view).toEqual(before.view);
    }
  });

  it.each<[readonly EventTopic[], string | undefined, RegExp]>([
    [[], undefined, /'topics' must have 1 to 100 elements/],
    [Array.from({ length: 101 }, () => ({ kind: 'domain' })), undefined, /'topics' must have/],
    [[{ kind: 'domain' }, { kind: 'app', appId: '' }], undefined, /'topics\[1\]\.appId'/],
    [[{ kind: 'app', appId: 'a'.repeat(161) }], undefined, /'topics\[0\]\.appId'/],
    [
      [{ kind: 'provider', appId: 'shop', serviceName: 'a b' }],
      undefined,
      /'topics\[0\]\.serviceName'/,
    ],
    [[{ kind: 'app', appId: 'shop', environment: 'x' }], undefined, /'topics\[0\]\.environment'/],
    [[{ kind: 'service', serviceId: '' }], undefined, /'topics\[0\]\.serviceId'/],
    [[{ kind: 'consumer', serviceId: 'a'.repeat(65) }], undefined, /'topics\[0\]\.serviceId'/],
    [project, 'no position', /'position' must be/],
    [project, `log.${'9'.repeat(16)}`, /'position' must be/],
  ])('is refused for %j at %s', async (topics, position, detail) => {
    await using harness = await RegistryHarness.open();
    const { registry } = harness;

    await expectRefusal(
      () => new RecordingStream(registry, topics, position === undefined ? {} : { position }),
      'invalidParameters',
      detail,
    );

    expect(registry.streams.size).toBe(0);
  });

  it('tells of the instances that go together with their service', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const streams = [
      new RecordingStream(registry, project),
      new RecordingStream(registry, [{ kind: 'provider', appId: 'shop', serviceName: 'cart' }]),
    ];
    for (const stream of streams) await stream.synchronized();

    await registry.services.delete(scope, cart, true);

    for (const stream of streams) {
      expect(stream.story.slice(-3).toSorted()).toEqual([
        'DELETE cart@1.0.0',
        'DELETE cart@1.0.0 a',
        'DELETE cart@1.0.0 b',
      ]);
      expect(stream.view.size).toBe(0);
      expect(stream.violations).toEqual([]);
    }
  });

  it('ends when its subscriber fails, is closed, or the server stops', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const failing = new RecordingStream(registry, project);
    const leaving = new RecordingStream(registry, project);
    const staying = new RecordingStream(registry, project);
    for (const stream of [failing, leaving, staying]) await stream.synchronized();
    failing.pause();
    await registry.instances.updateStatus(scope, cart, 'a', 'DOWN');
    failing.fail();
    leaving.subscription.close();
    leaving.subscription.close();
    await until('the failure', () => failing.ended !== undefined);
    await registry.instances.updateStatus(scope, cart, 'a', 'UP');

    expect(registry.streams.size).toBe(1);
    expect(harness.metric('notify_subscriber_total', tenant.domain, 'SocketIO')).toBe(1);
    registry.streams.close();

    expect([failing.ended, leaving.ended, staying.ended]).toEqual([
      'failed',
      undefined,
      'shutdown',
    ]);
    expect(failing.story.at(-1)).toBe('UPDATE cart@1.0.0 a');
    expect(leaving.story).toHaveLength(failing.story.length);
    expect(staying.story).toHaveLength(failing.story.length + 1);
    expect(registry.streams.size).toBe(0);
    expect(() => new RecordingStream(registry, project)).toThrow('closed');
  });
});

describe('the push trace of event streams', () => {
  it('shows what was sent, acknowledged, is waiting, and was dropped', async () => {
    const { harness, registry, cart } = await open({ config: { subscriberQueueLimit: 2 } });
    await using _ = harness;
    const quick = new RecordingStream(registry, project);
    const slow = new RecordingStream(registry, project);
    for (const stream of [quick, slow]) await stream.synchronized();
    const states = async (stream: RecordingStream): Promise<readonly string[]> => {
      const subscriber = stream.subscription.id;
      const { pushes } = await registry.pushTrace.find({ tenant, subscriber, limit: 100 });
      return pushes
        .toReversed()
        .flatMap(({ deliveries }) => deliveries.map(({ state, reason }) => reason ?? state));
    };
    slow.pause();
    for (const status of ['DOWN', 'UP', 'DOWN']) {
      await registry.instances.updateStatus(scope, cart, 'a', status);
    }
    quick.subscription.acknowledge(quick.frames.at(-2)?.position ?? '');
    quick.subscription.acknowledge('no position');

    await until('a queue', async () => (await states(slow)).length === 3);
    expect(await states(quick)).toEqual(['acknowledged', 'acknowledged', 'sent']);
    expect(await states(slow)).toEqual(['queued', 'queued', 'queued']);
    await registry.instances.updateStatus(scope, cart, 'a', 'UP');
    await until('the end of the queue', async () => (await states(slow)).includes('slow'));
    expect(await states(slow)).toEqual(['queued', 'slow', 'slow', 'slow']);
    slow.subscription.close();
    expect(await states(slow)).toEqual(['disconnected', 'slow', 'slow', 'slow']);
  });
});

describe('a slow reader of an event stream', () => {
  it('gets what it missed, in order', async () => {
    const { harness, registry, cart } = await open();
    await using _ = harness;
    const stream = new RecordingStream(registry, project);
    await stream.synchronized();
    stream.clear();
    stream.pause();
    for (const status of ['DOWN', 'UP', 'STARTING']) {
      await registry.instances.updateStatus(scope, cart, 'a', status);
    }

    expect(stream.story).toEqual(['UPDATE cart@1.0.0 a']);
    stream.resume();
    await until('the rest', () => stream.frames.length === 3);

    expect(stream.violations).toEqual([]);
    expect(stream.view.get(`d1/p1/${cart}/a`)).toContain('STARTING');
  });

  it('starts over when too much waits for it, and harms nobody else', async () => {
    const { harness, registry, cart } = await open({ config: { subscriberQueueLimit: 3 } });
    await using _ = harness;
    const slow = new RecordingStream(registry, project);
    const other = new RecordingStream(registry, project);
    await slow.synchronized();
    await other.synchronized();
    slow.clear();
    slow.pause();
    for (let count = 0; count < 6; count++) {
      await registry.instances.updateStatus(scope, cart, 'a', count % 2 === 0 ? 'DOWN' : 'UP');
    }

    slow.resume();
    await until('the reset', () => slow.story.includes('synchronized'));

    expect(slow.story).toEqual([
      'UPDATE cart@1.0.0 a',
      'reset slow',
      'INIT cart@1.0.0',
      'INIT cart@1.0.0 a',
      'INIT cart@1.0.0 b',
      'synchronized',
    ]);
    expect(other.story.filter((line) => line === 'UPDATE cart@1.0.0 a')).toHaveLength(6);
    expect(slow.view).toEqual(other.view);
  });

  it('starts over when the log has gone on without it', async () => {
    const { harness, registry, cart } = await open({
      config: { eventLog: { maxChanges: 2, maxBytes: 1_000_000 } },
    });
    await using _ = harness;
    const stream = new RecordingStream(registry, project);
    stream.pause();
    await until('the beginning', () => stream.frames.length === 1);
    stream.resume();
    stream.pause();
    await until('the snapshot', () => stream.frames.length === 2);
    for (const status of ['DOWN', 'UP', 'DOWN', 'UP']) {
      await registry.instances.updateStatus(scope, cart, 'a', status);
    }
    stream.resume();
    await stream.synchronized();
    await until('the second snapshot', () => stream.story.includes('reset slow'));
    await stream.synchronized();

    expect(stream.violations).toEqual([]);
    expect(stream.view.get(`d1/p1/${cart}/a`)).toContain('UP');
  });

  it('takes a snapshot of any length, however much happens meanwhile', async () => {
    const { harness, registry, cart } = await open({ config: { subscriberQueueLimit: 3 } });
    await using _ = harness;
    const stream = new RecordingStream(registry, project);
    stream.pause();
    await until('the beginning', () => stream.frames.length === 1);
    stream.resume();
    stream.pause();
    await until('the snapshot', () => stream.frames.length === 2);
    for (let count = 0; count < 6; count++) {
      await registry.instances.updateStatus(scope, cart, 'a', count % 2 === 0 ? 'DOWN' : 'UP');
    }

    stream.resume();
    await until('the tail', () => stream.frames.length === 11);

    expect(stream.story.filter((line) => line.startsWith('reset'))).toEqual(['reset new']);
    expect(stream.violations).toEqual([]);
  });
});
