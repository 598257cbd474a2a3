import { defaultTenant } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import type { ServiceDetail, ServiceDetailQuery } from '../src/index.ts';
import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';
import { countTurns } from './count-turns.ts';
import { find, instance, key, map, registration, scope } from './requests.ts';

function query(fields: Partial<ServiceDetailQuery> = {}): ServiceDetailQuery {
  return {
    parts: new Set(),
    withStatistics: false,
    isStatisticsOnly: false,
    countOnly: false,
    withShared: false,
    environment: '',
    appId: '',
    serviceName: '',
    properties: [],
    ...fields,
  };
}

const allParts = new Set(['dependencies', 'instances', 'rules', 'schemas', 'tags'] as const);

/** A provider in two versions with everything, and a consumer that depends on both and on itself. */
async function populate(
  harness: RegistryHarness,
): Promise<{ readonly provider: string; readonly consumer: string }> {
  const { services, schemas, discovery, dependencies } = harness.registry;
  const provider = await services.register(
    scope,
    registration(
      { properties: map({ color: 'red', size: 'xl' }), schemas: ['named'] },
      {
        instances: [instance({ properties: map({ zone: 'a' }) }), instance()],
        tags: map({ k: 'v' }),
        rules: [{ ruleType: 'BLACK', attribute: 'Level', pattern: 'x', description: '' }],
      },
    ),
  );
  await schemas.put(scope, provider, { schemaId: 's', schema: 'text', summary: 'sum' });
  await services.register(scope, registration({ version: '2.0.0' }));
  const consumer = await services.register(
    scope,
    registration({ serviceName: 'web', appId: 'shop', environment: '' }),
  );
  await services.register(scope, registration({ appId: 'other', environment: 'production' }));
  for (const serviceName of ['cart', 'web']) {
    await discovery.answer(discovery.prepare(find({ consumerId: consumer, serviceName })), '');
  }
  const everybody = { sameDomain: false, noSelf: false };
  await until('the dependencies', async () => {
    const providers = await dependencies.providersOf(scope, consumer, everybody);
    return providers.length === 3;
  });
  return { provider, consumer };
}

function names(details: readonly ServiceDetail[]): readonly string[] {
  return details
    .map(({ service: { value } }) => `${value.appId}/${value.serviceName}/${value.version}`)
    .toSorted();
}

describe('the detail of a service', () => {
  it('has everything, itself among its providers', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await populate(harness);
    const { govern } = harness.registry;

    const detail = await govern.detail(scope, provider);
    expect(detail.instances).toHaveLength(2);
    expect(detail.schemas).toEqual([
      { schemaId: 'named', summary: '', schema: '' },
      { schemaId: 's', summary: 'sum', schema: 'text' },
    ]);
    expect(detail.rules).toHaveLength(1);
    expect(detail.tags).toEqual({ k: 'v' });
    expect(detail.versions).toEqual(['2.0.0', '1.0.0']);
    expect(detail.consumers.map(({ value }) => value.serviceId)).toEqual([consumer]);

    const { providers } = await govern.detail(scope, consumer);
    expect(providers.map(({ value }) => value.serviceName).toSorted()).toEqual([
      'cart',
      'cart',
      'web',
    ]);
    await expectRefusal(() => govern.detail(scope, 'none'), 'serviceNotExists');
    await expectRefusal(() => govern.detail(scope, ' '), 'invalidParameters');
  });
});

describe('the list of services', () => {
  it('shows the parts that are asked for, a service never among its own providers', async () => {
    await using harness = await RegistryHarness.open();
    const { provider, consumer } = await populate(harness);
    const { govern } = harness.registry;
    const detailOf = async (
      serviceId: string,
      fields: Partial<ServiceDetailQuery>,
    ): Promise<ServiceDetail | undefined> => {
      const { details } = await govern.list(scope, query(fields));
      return details.find(({ service }) => service.value.serviceId === serviceId);
    };

    expect(await detailOf(provider, {})).toMatchObject({
      instances: [],
      schemas: [],
      rules: [],
      consumers: [],
      tags: {},
      counts: undefined,
    });
    const all = await detailOf(provider, { parts: allParts });
    expect(all?.instances).toHaveLength(2);
    expect(all?.schemas.map(({ schemaId }) => schemaId)).toEqual(['named', 's']);
    expect(all?.rules).toHaveLength(1);
    expect(all?.tags).toEqual({ k: 'v' });
    const dependent = await detailOf(consumer, { parts: new Set(['dependencies']) });
    expect(dependent?.providers.map(({ value }) => value.version).toSorted()).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
    expect(dependent?.consumers).toEqual([]);
    const counted = await detailOf(provider, { parts: allParts, countOnly: true });
    expect(counted).toMatchObject({ instances: [], counts: { instances: 2 } });
    const uncounted = await detailOf(provider, { countOnly: true });
    expect(uncounted?.counts).toEqual({ instances: undefined });
  });

  it.each<[Partial<ServiceDetailQuery>, readonly string[]]>([
    [{}, ['other/cart/1.0.0', 'shop/cart/1.0.0', 'shop/cart/2.0.0', 'shop/web/1.0.0']],
    [{ serviceName: 'cart' }, ['other/cart/1.0.0', 'shop/cart/1.0.0', 'shop/cart/2.0.0']],
    [{ appId: 'shop' }, ['shop/cart/1.0.0', 'shop/cart/2.0.0', 'shop/web/1.0.0']],
    [{ appId: 'shop', serviceName: 'web' }, ['shop/web/1.0.0']],
    [{ environment: 'production' }, ['other/cart/1.0.0']],
    [{ environment: 'testing' }, []],
    [{ serviceName: 'car' }, []],
    [{ properties: [['color', 'red']] }, ['shop/cart/1.0.0']],
    [
      {
        properties: [
          ['color', 'red'],
          ['size', 's'],
        ],
      },
      [],
    ],
    [{ properties: [['color', '']] }, []],
    [{ properties: [['toString', '']] }, []],
  ])('with %j names %j', async (fields, expected) => {
    await using harness = await RegistryHarness.open();
    await populate(harness);
    const { details } = await harness.registry.govern.list(scope, query(fields));
    expect(names(details)).toEqual(expected);
  });

  it('has statistics on demand, alone or with the services', async () => {
    await using harness = await RegistryHarness.open();
    await populate(harness);
    const { govern } = harness.registry;
    const statistics = {
      services: { count: 3, onlineCount: 1 },
      instances: { count: 2 },
      apps: { count: 2 },
    };
    expect(await govern.statistics(scope)).toEqual(statistics);
    const alone = query({ withStatistics: true, isStatisticsOnly: true });
    expect(await govern.list(scope, alone)).toEqual({ details: [], statistics });
    const both = await govern.list(scope, query({ withStatistics: true }));
    expect(both.details).toHaveLength(4);
    expect(both.statistics).toEqual(statistics);
  });
});

describe('applications', () => {
  it('belong to an environment', async () => {
    await using harness = await RegistryHarness.open();
    await populate(harness);
    const { govern } = harness.registry;
    expect(await govern.apps(scope, '', false)).toEqual(['shop']);
    expect(await govern.apps(scope, 'production', false)).toEqual(['other']);
    expect(await govern.apps(scope, 'testing', false)).toEqual([]);
    await expectRefusal(
      () => govern.apps(scope, 'dev', false),
      'invalidParameters',
      /GetAppsRequest/,
    );
  });
});

describe('relations', () => {
  it('lead from consumers to providers other than themselves', async () => {
    await using harness = await RegistryHarness.open();
    const { consumer } = await populate(harness);
    const { services, lines } = await harness.registry.govern.relations(scope, false);
    expect(services).toHaveLength(4);
    expect(lines.map(({ from, to }) => `${from.serviceId} ${to.version}`).toSorted()).toEqual([
      `${consumer} 1.0.0`,
      `${consumer} 2.0.0`,
    ]);
  });
});

describe('shared services', () => {
  it('are shown to those who ask for them', async () => {
    await using harness = await RegistryHarness.open({ config: { sharedServices: ['common'] } });
    const own = { tenant: defaultTenant };
    const { services, govern } = harness.registry;
    const shared = { serviceName: 'common', appId: 'default', environment: 'production' };
    const extras = { instances: [instance()] };
    await services.register(own, registration(shared, extras));
    await services.register(own, registration({ environment: 'production' }));

    expect((await govern.list(own, query())).details).toHaveLength(1);
    expect((await govern.relations(own, false)).services).toHaveLength(1);
    expect(await govern.apps(own, 'production', false)).toEqual(['shop']);
    expect((await govern.statistics(own)).instances.count).toBe(0);

    const withShared = query({ withShared: true, withStatistics: true });
    const { details, statistics } = await govern.list(own, withShared);
    expect(details).toHaveLength(2);
    expect(statistics).toEqual({
      services: { count: 2, onlineCount: 1 },
      instances: { count: 1 },
      apps: { count: 2 },
    });
    expect((await govern.relations(own, true)).services).toHaveLength(2);
    expect(await govern.apps(own, 'production', true)).toEqual(['shop', 'default']);
  });
});

describe('a long list of services', () => {
  it('gives others their turns', async () => {
    await using harness = await RegistryHarness.open();
    const { services, govern } = harness.registry;
    await Promise.all(
      Array.from({ length: 2000 }, (_element, index) =>
        services.register(scope, registration({ serviceName: `s${index}` })),
      ),
    );
    const { outcome, turns } = await countTurns(govern.list(scope, query()));
    expect(outcome.details).toHaveLength(2000);
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});

describe('consumers that depend on everything', () => {
  it('are refused when no answer holds their relations', async () => {
    await using harness = await RegistryHarness.open();
    const { services, govern, dependencies } = harness.registry;
    const consumers = Array.from({ length: 502 }, (_element, index) => `s${index}`);
    const ids = await Promise.all(
      consumers.map((serviceName) => services.register(scope, registration({ serviceName }))),
    );
    const changes = consumers.map((serviceName) => ({
      consumer: key({ serviceName, version: '1.0.0' }),
      providers: [key({ serviceName: '*' })],
      override: false,
    }));
    for (let start = 0; start < changes.length; start += 100) {
      await dependencies.declare(scope, changes.slice(start, start + 100), 'add');
    }
    await until('an empty queue', () => harness.aggregator.cache('DEPENDENCY_QUEUE').size === 0);

    const detail = 'the answer would show more than 250000 relations: ask for single services';
    await expectRefusal(() => govern.relations(scope, false), 'invalidParameters', detail);
    const withRelations = query({ parts: new Set(['dependencies']) });
    await expectRefusal(() => govern.list(scope, withRelations), 'invalidParameters', detail);
    expect((await govern.detail(scope, ids[0] ?? '')).consumers).toHaveLength(502);
  });
});
