import type { MicroServiceKey } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { RecordingStream } from './recording-stream.ts';
import { RegistryHarness, until } from './registry-harness.ts';
import { find, instance, key, map, registration, scope, tenant } from './requests.ts';

/** A consumer `web` without providers, and a service `cart` with an instance `a`. */
async function open() {
  const harness = await RegistryHarness.open();
  const { registry } = harness;
  const cart = await registry.services.register(scope, registration());
  await registry.instances.register(scope, cart, instance({ instanceId: 'a' }));
  const web = await registry.services.register(scope, registration({ serviceName: 'web' }));
  return { harness, registry, cart, web };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Declares what `web` depends on, and waits until that is stored. */
async function declare(
  { harness, registry }: Opened,
  ...providers: readonly Partial<MicroServiceKey>[]
): Promise<void> {
  const consumer = key({ serviceName: 'web', version: '1.0.0' });
  await registry.dependencies.declare(
    scope,
    [{ consumer, providers: providers.map((provider) => key(provider)), override: true }],
    'override',
  );
  const { aggregator } = harness;
  const wanted = providers.map(({ serviceName = 'cart' }) => serviceName);
  await until('the rule', () => {
    const stored = aggregator.dependencies.providersOf({ ...consumer, tenant });
    return (
      stored.map(({ serviceName }) => serviceName).join() === wanted.join() &&
      aggregator.cache('DEPENDENCY_QUEUE').size === 0
    );
  });
}

const anyCart = { version: '0.0.0+' };

async function synchronized({ registry, web }: Opened): Promise<RecordingStream> {
  const stream = new RecordingStream(registry, [{ kind: 'consumer', serviceId: web }]);
  await stream.synchronized();
  return stream;
}

/** Waits until a stream has started over, and is up to date again. */
async function startedOver(stream: RecordingStream): Promise<void> {
  await until('a new start', () => stream.story.includes('reset viewChanged'));
  await stream.synchronized();
}

describe('the stream of a consumer', () => {
  it('is about the providers it depends on', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, cart } = opened;
    await declare(opened, anyCart);
    const stream = await synchronized(opened);

    await registry.services.register(scope, registration({ serviceName: 'other' }));
    await registry.instances.updateStatus(scope, cart, 'a', 'DOWN');

    expect(stream.story).toEqual([
      'reset new',
      'INIT cart@1.0.0',
      'INIT cart@1.0.0 a',
      'synchronized',
      'UPDATE cart@1.0.0 a',
    ]);
    expect(stream.violations).toEqual([]);
  });

  it('starts over when a find makes it depend on another one', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, web } = opened;
    const stream = await synchronized(opened);
    expect(stream.story).toEqual(['reset new', 'synchronized']);

    await registry.discovery.answer(registry.discovery.prepare(find({ consumerId: web })), '');
    await startedOver(stream);

    expect(stream.story.slice(2)).toEqual([
      'reset viewChanged',
      'INIT cart@1.0.0',
      'INIT cart@1.0.0 a',
      'synchronized',
    ]);
  });

  it('tells of versions that come and go without starting over', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, cart } = opened;
    await declare(opened, anyCart);
    const stream = await synchronized(opened);
    stream.clear();

    const next = await registry.services.register(
      scope,
      registration({ version: '2.0.0' }, { instances: [instance({ instanceId: 'b' })] }),
    );
    await registry.services.delete(scope, cart, true);
    await registry.services.register(scope, registration());

    expect(stream.story.slice(0, 2)).toEqual(['CREATE cart@2.0.0', 'CREATE cart@2.0.0 b']);
    expect(stream.story.slice(2, 4).toSorted()).toEqual([
      'DELETE cart@1.0.0',
      'DELETE cart@1.0.0 a',
    ]);
    expect(stream.story.slice(4)).toEqual(['CREATE cart@1.0.0']);
    expect(stream.violations).toEqual([]);
    expect([...stream.view.keys()]).toContain(`d1/p1/${next}`);
  });

  it('starts over when the latest version is another one', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry } = opened;
    await declare(opened, { version: 'latest' });
    const stream = await synchronized(opened);

    await registry.services.register(scope, registration({ version: '2.0.0' }));
    await startedOver(stream);

    expect(stream.story.at(-2)).toBe('INIT cart@2.0.0');
    expect(stream.view.size).toBe(1);
  });

  it('is about every service of the environment where it depends on all', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry } = opened;
    await declare(opened, { appId: '', serviceName: '*', version: '' });
    const stream = await synchronized(opened);

    await registry.services.register(scope, registration({ serviceName: 'other' }));
    await registry.services.register(
      scope,
      registration({ serviceName: 'far', environment: 'production' }),
    );

    expect(stream.story).toContain('INIT cart@1.0.0 a');
    expect(stream.story.at(-1)).toBe('CREATE other@1.0.0');
    expect(stream.violations).toEqual([]);
  });

  it('starts over when a list, a tag or a property decides otherwise', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, cart, web } = opened;
    const desk = await registry.services.register(
      scope,
      registration({ appId: 'bank', serviceName: 'desk' }),
    );
    await declare(opened, anyCart, { appId: 'bank', serviceName: 'desk', version: '0.0.0+' });
    const stream = await synchronized(opened);
    const changes: Record<string, () => Promise<unknown>> = {
      'a list': () =>
        registry.rules.add(scope, cart, [
          { ruleType: 'BLACK', attribute: 'tag_zone', pattern: 'red', description: '' },
        ]),
      'a tag': () => registry.tags.replaceAll(scope, web, map({ zone: 'red' })),
      'a property': () =>
        registry.services.updateProperties(scope, desk, map({ allowCrossApp: 'true' })),
    };

    const views: Record<string, readonly string[]> = {};
    for (const [name, change] of Object.entries(changes)) {
      stream.clear();
      await change();
      await stream.synchronized();
      // A change that decides nothing is not told at all.
      if (name !== 'a list') await startedOver(stream);
      views[name] = stream.story;
    }

    expect(views).toEqual({
      'a list': [],
      'a tag': ['reset viewChanged', 'synchronized'],
      'a property': ['reset viewChanged', 'INIT desk@1.0.0', 'synchronized'],
    });
  });

  it('is empty once the consumer is gone', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, web } = opened;
    await declare(opened, anyCart);
    const stream = await synchronized(opened);

    await registry.services.delete(scope, web, true);
    await startedOver(stream);

    expect(stream.view.size).toBe(0);
  });

  it('goes on where it was, past services that are gone', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, cart, web } = opened;
    await declare(opened, anyCart);
    const before = await synchronized(opened);
    before.subscription.close();
    const { position = '' } = before;
    await registry.instances.updateStatus(scope, cart, 'a', 'DOWN');
    await registry.services.delete(scope, cart, true);
    await registry.services.register(scope, registration({ version: '2.0.0' }));

    const after = new RecordingStream(registry, [{ kind: 'consumer', serviceId: web }], {
      position,
    }).adopt(before.view);
    await after.synchronized();

    expect(after.story[0]).toBe('UPDATE cart@1.0.0 a');
    expect(after.story.slice(1, 3).toSorted()).toEqual([
      'DELETE cart@1.0.0',
      'DELETE cart@1.0.0 a',
    ]);
    expect(after.story.slice(3)).toEqual(['CREATE cart@2.0.0', 'synchronized']);
    expect(after.violations).toEqual([]);
  });

  it('starts over when it comes back after what it depends on has changed', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, web } = opened;
    await declare(opened, anyCart);
    const before = await synchronized(opened);
    before.subscription.close();
    const { position = '' } = before;
    // A rule for a service that is not there would be cleaned up, sooner or later.
    await registry.services.register(scope, registration({ serviceName: 'other' }));
    await declare(opened, { serviceName: 'other', version: '0.0.0+' });

    const after = new RecordingStream(registry, [{ kind: 'consumer', serviceId: web }], {
      position,
    });
    await after.synchronized();
    expect(after.story).toEqual(['reset viewChanged', 'INIT other@1.0.0', 'synchronized']);
    // The queue may write a rule twice.
    await until('a stream that goes on', async () => {
      const fresh = await synchronized(opened);
      const idle = new RecordingStream(registry, [{ kind: 'consumer', serviceId: web }], {
        position: fresh.position ?? '',
      });
      await idle.synchronized();
      return idle.story.join() === 'synchronized';
    });
  });

  it('tells a slow reader what it has missed before a service went', async () => {
    const opened = await open();
    await using _ = opened.harness;
    const { registry, cart } = opened;
    await declare(opened, anyCart);
    const stream = await synchronized(opened);
    stream.clear();
    stream.pause();
    for (const status of ['DOWN', 'UP']) {
      await registry.instances.updateStatus(scope, cart, 'a', status);
    }
    await registry.services.delete(scope, cart, true);
    stream.resume();
    await until('the rest', () => stream.frames.length === 4);

    expect(stream.story.slice(0, 2)).toEqual(['UPDATE cart@1.0.0 a', 'UPDATE cart@1.0.0 a']);
    expect(stream.violations).toEqual([]);
    expect(stream.view.size).toBe(0);
  });
});
