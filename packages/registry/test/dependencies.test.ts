import type { ConsumerDependency, MicroServiceKey } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { expectRefusal, RegistryHarness, until, type HarnessOptions } from './registry-harness.ts';
import { find, key, registration, scope } from './requests.ts';

const everybody = { sameDomain: false, noSelf: false };

const web = key({ serviceName: 'web', version: '1.0.0' });

function declaration(...providers: readonly MicroServiceKey[]): readonly ConsumerDependency[] {
  return [{ consumer: web, providers, override: false }];
}

/** Versions of the providers of a consumer, by name. */
async function providersOf(harness: RegistryHarness, serviceId: string): Promise<string[]> {
  const providers = await harness.registry.dependencies.providersOf(scope, serviceId, everybody);
  return providers
    .map(({ value }) => `${value.environment}/${value.serviceName}/${value.version}`)
    .toSorted();
}

/** Waits until the queue is worked off. */
async function settled(harness: RegistryHarness): Promise<void> {
  await until('an empty queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);
}

async function findIt(harness: RegistryHarness, consumerId: string): Promise<void> {
  const { discovery } = harness.registry;
  await discovery.answer(discovery.prepare(find({ consumerId })), '');
}

describe('what a find records', () => {
  it('covers every version of the provider', async () => {
    await using harness = await RegistryHarness.open();
    const { services, dependencies } = harness.registry;
    const provider = await services.register(scope, registration());
    await services.register(scope, registration({ version: '1.0.1' }));
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));

    const { discovery } = harness.registry;
    await discovery.answer(discovery.prepare(find({ consumerId: consumer, version: '1.0.0' })), '');
    await until('the rule', async () => (await providersOf(harness, consumer)).length > 0);

    expect(await providersOf(harness, consumer)).toEqual(['/cart/1.0.0', '/cart/1.0.1']);
    const consumers = await dependencies.consumersOf(scope, provider, everybody);
    expect(consumers.map(({ value }) => value.serviceId)).toEqual([consumer]);
    await settled(harness);
  });

  it('may be the service itself', async () => {
    await using harness = await RegistryHarness.open();
    const { services, dependencies } = harness.registry;
    const serviceId = await services.register(scope, registration());

    await findIt(harness, serviceId);
    await until('the rule', async () => (await providersOf(harness, serviceId)).length === 1);

    const others = { sameDomain: true, noSelf: true };
    expect(await dependencies.providersOf(scope, serviceId, others)).toEqual([]);
    expect(await dependencies.consumersOf(scope, serviceId, others)).toEqual([]);
  });

  it('is nothing when nobody was found', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));

    await expectRefusal(() => findIt(harness, consumer), 'serviceNotExists');
    await services.register(scope, registration());
    await settled(harness);
    expect(await providersOf(harness, consumer)).toEqual([]);

    await findIt(harness, consumer);
    await until('the rule', async () => (await providersOf(harness, consumer)).length === 1);
  });

  it('goes with the provider and comes back with the next find', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const provider = await services.register(scope, registration());
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    await findIt(harness, consumer);
    await until('the rule', async () => (await providersOf(harness, consumer)).length === 1);

    await services.delete(scope, provider, true);
    await until('no rule', () => harness.aggregator.cache('DEPENDENCY_RULE').size === 0);
    await services.register(scope, registration());
    expect(await providersOf(harness, consumer)).toEqual([]);

    await findIt(harness, consumer);
    await until('the rule', async () => (await providersOf(harness, consumer)).length === 1);
  });

  it('goes with the consumer', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    await services.register(scope, registration());
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    await findIt(harness, consumer);
    await until('the rule', async () => (await providersOf(harness, consumer)).length === 1);

    await services.delete(scope, consumer, false);
    await settled(harness);

    expect(harness.aggregator.cache('DEPENDENCY_RULE').size).toBe(0);
  });

  it('leaves a declared rule for the same name alone', async () => {
    await using harness = await RegistryHarness.open();
    const { services, dependencies } = harness.registry;
    await services.register(scope, registration());
    await services.register(scope, registration({ version: '2.0.0' }));
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    await dependencies.declare(scope, declaration(key({ version: '1.0.0' })), 'override');
    await until('the rule', async () => (await providersOf(harness, consumer)).length === 1);

    await findIt(harness, consumer);
    await settled(harness);

    expect(await providersOf(harness, consumer)).toEqual(['/cart/1.0.0']);
  });
});

async function open(
  options?: HarnessOptions,
): Promise<{ harness: RegistryHarness; consumer: string }> {
  const harness = await RegistryHarness.open(options);
  const { services } = harness.registry;
  for (const version of ['1.0.0', '1.0.1']) {
    await services.register(scope, registration({ version }));
  }
  await services.register(scope, registration({ serviceName: 'bill' }));
  await services.register(scope, registration({ serviceName: 'bill', environment: 'production' }));
  const consumer = await services.register(scope, registration({ serviceName: 'web' }));
  return { harness, consumer };
}

async function declared(
  harness: RegistryHarness,
  consumer: string,
  mode: 'add' | 'override',
  ...providers: readonly MicroServiceKey[]
): Promise<readonly string[]> {
  await harness.registry.dependencies.declare(scope, declaration(...providers), mode);
  await settled(harness);
  return providersOf(harness, consumer);
}

describe('declared dependencies', () => {
  it('follow their version rules', async () => {
    const { harness, consumer } = await open();
    await using _ = harness;

    expect(await declared(harness, consumer, 'override', key({ version: 'latest' }))).toEqual([
      '/cart/1.0.1',
    ]);
    expect(await declared(harness, consumer, 'override', key({ version: '1.0.0+' }))).toEqual([
      '/cart/1.0.0',
      '/cart/1.0.1',
    ]);
    expect(await declared(harness, consumer, 'override', key({ version: '1.0.0-1.0.1' }))).toEqual([
      '/cart/1.0.0',
    ]);
    expect(await declared(harness, consumer, 'add', key({ version: '1.0.0-3.0.0' }))).toEqual([
      '/cart/1.0.0',
      '/cart/1.0.1',
    ]);
    expect(await declared(harness, consumer, 'override', key())).toEqual([
      '/cart/1.0.0',
      '/cart/1.0.1',
    ]);
  });

  it('mean every version where the configuration says so', async () => {
    const { harness, consumer } = await open({
      config: { dependency: { providerVersion: 'any', wildcard: true } },
    });
    await using _ = harness;

    for (const version of ['1.0.0', 'latest', '', 'unreadable']) {
      const provider = key({ version });
      expect(await declared(harness, consumer, 'override', provider)).toEqual([
        '/cart/1.0.0',
        '/cart/1.0.1',
      ]);
    }
    const stored = [...harness.aggregator.cache('DEPENDENCY_RULE').values()].find(
      ({ identity }) => identity.side === 'c',
    );
    expect(stored?.value.Dependency.map(({ version }) => version)).toEqual(['0.0.0+']);
  });

  it('are added to, replaced and cleared', async () => {
    const { harness, consumer } = await open();
    await using _ = harness;

    expect(await declared(harness, consumer, 'add', key())).toHaveLength(2);
    expect(await declared(harness, consumer, 'add', key({ serviceName: 'bill' }))).toHaveLength(3);
    expect(await declared(harness, consumer, 'override', key({ serviceName: 'bill' }))).toEqual([
      '/bill/1.0.0',
    ]);
    expect(await declared(harness, consumer, 'override')).toEqual([]);
  });

  it('may name everything in the environment', async () => {
    const { harness, consumer } = await open();
    await using _ = harness;
    const { dependencies, services } = harness.registry;
    const wildcard = key({ appId: '', serviceName: '*' });

    expect(
      await declared(harness, consumer, 'override', key({ version: '1.0.0' }), wildcard, key()),
    ).toEqual(['/bill/1.0.0', '/cart/1.0.0', '/cart/1.0.1', '/web/1.0.0']);
    const cart = await services.exists(scope, {
      environment: '',
      appId: 'shop',
      serviceName: 'cart',
      version: '1.0.0',
    });
    const consumers = await dependencies.consumersOf(scope, cart, everybody);
    expect(consumers.map(({ value }) => value.serviceId)).toEqual([consumer]);
    expect(await declared(harness, consumer, 'override', key({ version: '1.0.0-1.0.1' }))).toEqual([
      '/cart/1.0.0',
    ]);
  });

  it('may not name everything where the configuration says so', async () => {
    const { harness, consumer } = await open({
      config: { dependency: { providerVersion: 'keep', wildcard: false } },
    });
    await using _ = harness;

    for (const mode of ['add', 'override'] as const) {
      await expectRefusal(
        () => declared(harness, consumer, mode, key(), key({ serviceName: '*' })),
        'invalidParameters',
        /^field 'MicroServiceKey\.ServiceName' invalid value '\*'/,
      );
    }
    expect(await declared(harness, consumer, 'add', key({ version: '1.0.0' }))).toEqual([
      '/cart/1.0.0',
    ]);
  });

  it('may name what is not registered', async () => {
    const { harness, consumer } = await open();
    await using _ = harness;

    expect(await declared(harness, consumer, 'add', key({ serviceName: 'later' }))).toEqual([]);
  });

  it('are refused when they are wrong', async () => {
    const { harness } = await open();
    await using _ = harness;
    const { dependencies } = harness.registry;
    const refused = async (
      list: readonly ConsumerDependency[],
      mode: 'add' | 'override',
      detail?: string | RegExp,
    ): Promise<void> => {
      await expectRefusal(
        () => dependencies.declare(scope, list, mode),
        'invalidParameters',
        detail,
      );
    };
    const one = declaration(key());

    await refused(
      [],
      'override',
      "field 'CreateDependenciesRequest.Dependencies' invalid value '[]' does not match rule: {Min: 1, Max: 100}",
    );
    await refused(Array.from({ length: 101 }, () => one).flat(), 'add', /AddDependenciesRequest/);
    await refused(
      [{ consumer: undefined, providers: [key()], override: false }],
      'add',
      "field 'ConsumerDependency.Consumer' invalid value '<nil>' does not match rule: {Min: 1}",
    );
    await refused(declaration(), 'add', /^field 'ConsumerDependency\.Providers'/);
    for (const version of ['1.0.0+', '1.0.0-1.0.1', 'latest', '', '1.0.32768']) {
      await refused(
        [{ consumer: { ...web, version }, providers: [], override: false }],
        'override',
      );
    }
    for (const wrong of [
      key({ serviceName: '' }),
      key({ serviceName: '-' }),
      key({ appId: '*' }),
      key({ version: '1.0.0.0' }),
    ]) {
      await refused(declaration(wrong), 'override', /^field 'MicroServiceKey\./);
    }
    await refused(
      declaration(key({ version: '1.0.0' }), key({ appId: '', version: '2.0.0' })),
      'override',
      'Invalid request body for provider info.Duplicate provider or (serviceName and appId is same).',
    );
    await expectRefusal(
      () =>
        dependencies.declare(
          scope,
          [{ consumer: { ...web, version: '9.0.0' }, providers: [key()], override: false }],
          'override',
        ),
      'serviceNotExists',
      'Consumer /shop/web/9.0.0 does not exist.',
    );
  });

  it('succeed when a request says the same a hundred times', async () => {
    const { harness, consumer } = await open();
    await using _ = harness;
    const { dependencies } = harness.registry;
    const same = Array.from({ length: 100 }, () => declaration(key())).flat();

    await dependencies.declare(scope, same, 'override');
    await settled(harness);

    expect(await providersOf(harness, consumer)).toHaveLength(2);
  });

  it('are listed for registered services only', async () => {
    const { harness } = await open();
    await using _ = harness;
    const { dependencies } = harness.registry;

    await expectRefusal(
      () => dependencies.providersOf(scope, 'wrongID', everybody),
      'serviceNotExists',
      'Consumer does not exist',
    );
    await expectRefusal(
      () => dependencies.consumersOf(scope, 'wrongID', everybody),
      'serviceNotExists',
      'Provider does not exist',
    );
    await expectRefusal(() => dependencies.consumersOf(scope, '', everybody), 'invalidParameters');
  });
});

describe('the dependency queue', () => {
  it('is worked off by the next server after a crash', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    await services.register(scope, registration());
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    // Somebody else holds the lock and never comes back to work.
    const signal = AbortSignal.timeout(60_000);
    const lock = await harness.backend.lock('/dep-queue', { ttlSeconds: 60, signal });
    await findIt(harness, consumer);
    await until('the queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 1);

    await lock.release();
    await settled(harness);

    expect(await providersOf(harness, consumer)).toEqual(['/cart/1.0.0']);
  });
});
