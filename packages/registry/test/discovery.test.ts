import { describe, expect, it } from 'vitest';

import type { FindParameters } from '../src/index.ts';
import { expectRefusal, RegistryHarness } from './registry-harness.ts';
import { find, instance, map, registration, scope, service, tenant } from './requests.ts';

const emptyRevision = '97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe';

async function found(
  harness: RegistryHarness,
  parameters: Partial<FindParameters> = {},
): Promise<readonly string[]> {
  const { discovery } = harness.registry;
  const answer = await discovery.answer(discovery.prepare(find(parameters)), '');
  return instanceIds(answer.body);
}

function instanceIds(body: Buffer): readonly string[] {
  const ids = body.toString().matchAll(/"instanceId":"([^"]*)"/g);
  return Array.from(ids, ([, id]) => id ?? '');
}

/** Registers a version whose one instance has the version as its id. */
async function provide(
  harness: RegistryHarness,
  version: string,
  fields: Parameters<typeof registration>[0] = {},
): Promise<string> {
  return harness.registry.services.register(
    scope,
    registration({ version, ...fields }, { instances: [instance({ instanceId: version })] }),
  );
}

describe('finding instances', () => {
  it('applies the version rule', async () => {
    await using harness = await RegistryHarness.open();
    for (const version of ['1.0.0', '1.0.1', '1.0.5']) await provide(harness, version);

    expect(await found(harness)).toEqual(['1.0.5', '1.0.1', '1.0.0']);
    expect(await found(harness, { version: 'latest' })).toEqual(['1.0.5']);
    expect(await found(harness, { version: '1.0.1+' })).toEqual(['1.0.5', '1.0.1']);
    expect(await found(harness, { version: '0%2B' })).toEqual(['1.0.5', '1.0.1', '1.0.0']);
    expect(await found(harness, { version: '1.0.0-1.0.1' })).toEqual(['1.0.0']);
    expect(await found(harness, { version: '1.0.1-1.0.0' })).toEqual(['1.0.0']);
    expect(await found(harness, { version: '1.0.1' })).toEqual(['1.0.1']);
    expect(await found(harness, { version: '3.0.0+' })).toEqual([]);
    await expectRefusal(() => found(harness, { version: '2.0.0' }), 'serviceNotExists');
  });

  it('refuses a version that is no rule, unless versions are ignored', async () => {
    await using harness = await RegistryHarness.open();
    await using ignoring = await RegistryHarness.open({ config: { findVersionRule: 'ignore' } });
    await provide(ignoring, '1.0.0');

    for (const version of [' ', '1.0.0.0.0', '1.32768.0', '1.0.0-1.32768.0', 'x']) {
      await expectRefusal(() => found(harness, { version }), 'invalidParameters');
      expect(await found(ignoring, { version })).toEqual(['1.0.0']);
    }
  });

  it('takes a name for an alias only when nobody has it as a name', async () => {
    await using harness = await RegistryHarness.open();
    await provide(harness, '1.0.0', { alias: 'shop:cart' });
    await provide(harness, '2.0.0', { serviceName: 'other', alias: 'other-alias' });

    expect(await found(harness, { serviceName: 'shop:cart' })).toEqual(['1.0.0']);
    expect(await found(harness, { serviceName: 'other-alias', version: '2.0.0' })).toEqual([
      '2.0.0',
    ]);
    await provide(harness, '3.0.0', { serviceName: 'other-alias' });
    expect(await found(harness, { serviceName: 'other-alias' })).toEqual(['3.0.0']);
    expect(await found(harness, { serviceName: 'other-alias', version: '2.0.0' })).toEqual([
      '2.0.0',
    ]);
    await expectRefusal(() => found(harness, { serviceName: 'shop:nope' }), 'serviceNotExists');
  });

  it('stays within an environment', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    await provide(harness, '1.0.0', { environment: 'production' });
    const inProduction = await services.register(
      scope,
      registration({ serviceName: 'web', environment: 'production' }),
    );
    const inNone = await services.register(scope, registration({ serviceName: 'web' }));

    expect(await found(harness, { environment: 'production' })).toEqual(['1.0.0']);
    expect(await found(harness, { consumerId: inProduction })).toEqual(['1.0.0']);
    await expectRefusal(
      () => found(harness),
      'serviceNotExists',
      'Consumer[][///] find provider[/shop/cart] failed, provider does not exist',
    );
    await expectRefusal(
      () => found(harness, { consumerId: inNone, environment: 'production' }),
      'serviceNotExists',
      `Consumer[${inNone}][/shop/web/1.0.0] find provider[/shop/cart] failed, provider does not exist`,
    );
    await expectRefusal(
      () => found(harness, { environment: 'testing' }),
      'serviceNotExists',
      'Consumer[][testing///] find provider[testing/shop/cart] failed, provider does not exist',
    );
  });

  it('hides a provider from other applications unless it allows them', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const provider = await provide(harness, '1.0.0');
    const stranger = await services.register(scope, registration({ appId: 'other' }));
    expect(await found(harness, { consumerId: stranger })).toEqual([]);

    await services.updateProperties(scope, provider, map({ allowCrossApp: 'TRUE' }));

    expect(await found(harness, { consumerId: stranger })).toEqual(['1.0.0']);
  });

  it('selects by tag keys', async () => {
    await using harness = await RegistryHarness.open();
    const { tags } = harness.registry;
    const first = await provide(harness, '1.0.0');
    const second = await provide(harness, '2.0.0');
    expect(await found(harness, { tags: 'a' })).toEqual([]);

    await tags.replaceAll(scope, first, map({ a: 'x', b: 'y' }));
    await tags.replaceAll(scope, second, map({ a: 'z' }));

    expect(await found(harness, { tags: 'a' })).toEqual(['2.0.0', '1.0.0']);
    expect(await found(harness, { tags: 'b,a' })).toEqual(['1.0.0']);
    expect(await found(harness, { tags: 'x' })).toEqual([]);
    await tags.delete(scope, first, 'b');
    expect(await found(harness, { tags: 'b' })).toEqual([]);
    await expectRefusal(
      () => found(harness, { tags: 'a,' }),
      'invalidParameters',
      String.raw`field 'FindInstancesRequest.Tags' invalid value '' does not match rule: {Regexp: ^[a-zA-Z][a-zA-Z0-9_\-.]{0,63}$}`,
    );
  });

  it('needs a registered consumer', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    await provide(harness, '1.0.0');
    const consumerId = await services.register(scope, registration({ serviceName: 'web' }));
    const prepared = discovery.prepare(find({ consumerId }));
    await discovery.answer(prepared, '');

    await services.delete(scope, consumerId, true);

    await expectRefusal(
      () => discovery.answer(prepared, ''),
      'serviceNotExists',
      `Consumer[${consumerId}] does not exist.`,
    );
  });

  it('sees a consumer that was registered anew under its id', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    await provide(harness, '1.0.0');
    await services.register(scope, registration({ serviceId: 'c', serviceName: 'web' }));
    const prepared = discovery.prepare(find({ consumerId: 'c' }));
    const before = await discovery.answer(prepared, '');
    await services.delete(scope, 'c', true);

    await services.register(
      scope,
      registration({ serviceId: 'c', serviceName: 'web', appId: 'other' }),
    );

    expect(before.count).toBe(1);
    expect((await discovery.answer(prepared, '')).count).toBe(0);
  });

  it('answers a repeated request with the same bytes at once', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, services } = harness.registry;
    await provide(harness, '1.0.0');
    const consumerId = await services.register(scope, registration({ serviceName: 'web' }));
    const first = await discovery.answer(discovery.prepare(find()), '');

    const again = discovery.answer(discovery.prepare(find({ consumerId })), first.revision);

    expect(again).toBe(first);
  });

  it('changes its revision with every change of the answer, and only then', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, instances, services, tags } = harness.registry;
    const serviceId = await services.register(scope, registration());
    const prepared = discovery.prepare(find());
    const revisions: string[] = [];
    const look = async (): Promise<void> => {
      revisions.push((await discovery.answer(prepared, '')).revision);
    };

    await look();
    await instances.register(scope, serviceId, instance({ instanceId: 'i' }));
    await look();
    await instances.updateStatus(scope, serviceId, 'i', 'DOWN');
    await look();
    await instances.updateProperties(scope, serviceId, 'i', map({ a: 'b' }));
    await look();
    await instances.register(scope, serviceId, instance({ instanceId: 'j' }));
    await look();
    await instances.unregister(scope, serviceId, 'j');
    await look();
    await services.updateProperties(scope, serviceId, map({ a: 'b' }));
    await tags.replaceAll(scope, serviceId, map({ a: 'b' }));
    await instances.heartbeat(tenant, serviceId, 'i');
    await look();

    expect(revisions[0]).toBe(emptyRevision);
    expect(revisions[6]).toBe(revisions[5]);
    // Unregistering the newer of two instances leads back to the answer before it.
    expect(revisions[5]).toBe(revisions[3]);
    expect(new Set(revisions).size).toBe(5);
  });

  it('never repeats a revision for another latest version, even when both changed together', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, instances, services } = harness.registry;
    await provide(harness, '1.0.0');
    const latest = await provide(harness, '2.0.0');
    await instances.updateStatusWhere(scope, map({}), 'DOWN');
    const prepared = discovery.prepare(find({ version: 'latest' }));
    const before = await discovery.answer(prepared, '');
    expect(instanceIds(before.body)).toEqual(['2.0.0']);

    await services.delete(scope, latest, true);
    const after = await discovery.answer(prepared, before.revision);
    expect(instanceIds(after.body)).toEqual(['1.0.0']);
    expect(after.revision).not.toBe(before.revision);
  });

  it('never repeats a revision when a name goes that was an alias too, even when both changed together', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, instances, services } = harness.registry;
    await provide(harness, '2.0.0', { serviceName: 'other', alias: 'both' });
    const named = await provide(harness, '3.0.0', { serviceName: 'both' });
    await instances.updateStatusWhere(scope, map({}), 'DOWN');
    const prepared = discovery.prepare(find({ serviceName: 'both' }));
    const before = await discovery.answer(prepared, '');
    expect(instanceIds(before.body)).toEqual(['3.0.0']);

    await services.delete(scope, named, true);
    const after = await discovery.answer(prepared, before.revision);
    expect(instanceIds(after.body)).toEqual(['2.0.0']);
    expect(after.revision).not.toBe(before.revision);
  });

  it('asks the store before it answers a revision that it does not know', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery } = harness.registry;
    const serviceId = await provide(harness, '1.0.0');
    const prepared = discovery.prepare(find());
    const { revision } = await discovery.answer(prepared, '');
    expect(discovery.answer(prepared, revision)).not.toBeInstanceOf(Promise);

    // As another server does: the write is stored, and this server has not been told.
    const writing = harness.backend.instances.updateStatus(
      { tenant, serviceId, instanceId: '1.0.0' },
      'DOWN',
      '1',
    );
    await writing;
    const answer = await discovery.answer(prepared, 'from-another-server');

    expect(answer.body.toString()).toContain('"status":"DOWN"');
  });

  it('asks the store before it denies a provider that somebody has found', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery } = harness.registry;
    const prepared = discovery.prepare(find());
    const unknown = (): unknown => discovery.answer(prepared, '');
    await expectRefusal(unknown, 'serviceNotExists');

    await harness.backend.services.register({
      tenant,
      service: service({ serviceId: 's' }),
      isIdRequested: true,
    });

    expect(await discovery.answer(prepared, 'from-another-server')).toMatchObject({
      serviceIds: ['s'],
    });
    await expectRefusal(
      () => discovery.answer(discovery.prepare(find({ serviceName: 'nope' })), 'x'),
      'serviceNotExists',
    );
  });

  it('reads the store when it is told to', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery } = harness.registry;
    await provide(harness, '1.0.0');
    await provide(harness, '2.0.0');
    const prepared = discovery.prepare(find());

    const fresh = await discovery.answerFresh(prepared);
    const cached = await discovery.answer(prepared, '');

    expect(fresh).not.toBe(cached);
    expect(fresh.revision).toBe(cached.revision);
    expect(fresh.body.equals(cached.body)).toBe(true);
    await expectRefusal(
      () => discovery.answerFresh(discovery.prepare(find({ serviceName: 'nope' }))),
      'serviceNotExists',
    );
  });

  it('refuses parameters that break a rule', async () => {
    await using harness = await RegistryHarness.open();

    for (const parameters of [
      { appId: '' },
      { appId: 'a:b' },
      { appId: 'a'.repeat(161) },
      { serviceName: '' },
      { serviceName: ':b' },
      { serviceName: 'n'.repeat(290) },
      { environment: 'dev' },
      { consumerId: 'c'.repeat(65) },
      { consumerId: ' ' },
    ]) {
      await expectRefusal(
        () => found(harness, parameters),
        'invalidParameters',
        /^field 'FindInst/,
      );
    }
  });
});

describe('shared services', () => {
  const home = { domain: 'default', project: 'default' };

  it('are found from every tenant, whatever the consumer', async () => {
    await using harness = await RegistryHarness.open({ config: { sharedServices: ['shared'] } });
    const { services, discovery } = harness.registry;
    await services.register(
      { tenant: home },
      registration(
        { appId: 'default', serviceName: 'shared', environment: 'production' },
        { instances: [instance({ instanceId: 'i' })] },
      ),
    );
    const parameters = { appId: 'default', serviceName: 'shared', targetTenant: home };

    expect(await found(harness, { ...parameters, consumerId: 'nobody' })).toEqual(['i']);
    expect(await found(harness, { ...parameters, environment: 'testing' })).toEqual(['i']);
    await expectRefusal(
      () => found(harness, { ...parameters, targetTenant: tenant }),
      'serviceNotExists',
    );
    await expectRefusal(() => found(harness, { ...parameters, appId: 'x' }), 'serviceNotExists');
    expect(await services.list({ tenant: home }, false)).toEqual([]);
    expect(await services.list({ tenant: home }, true)).toHaveLength(1);
    expect(discovery.prepare(find(parameters)).isShared).toBe(true);
  });

  it('are in no quota', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        sharedServices: ['shared'],
        quota: { kind: 'buildin', service: 1, instance: 1, schema: 1, tag: 1, rule: 1 },
      },
    });
    const { services } = harness.registry;
    const atHome = { tenant: home };
    const extras = { instances: [instance()] };

    await services.register(
      atHome,
      registration({ appId: 'default', serviceName: 'shared' }, extras),
    );
    await services.register(atHome, registration({}, extras));
    await services.register(
      atHome,
      registration({ appId: 'default', serviceName: 'shared', version: '2' }, extras),
    );

    await expectRefusal(
      () => services.register(atHome, registration({ version: '2' })),
      'notEnoughQuota',
    );
  });
});

describe('the instances of a provider', () => {
  it('are listed and read by id', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery } = harness.registry;
    const serviceId = await provide(harness, '1.0.0');
    const query = { consumerId: '', serviceId, tags: '' };

    const list = await discovery.listInstances(scope, query, '');
    const one = await discovery.getInstance(scope, { ...query, instanceId: '1.0.0' }, '');
    const fresh = { ...scope, noCache: true };

    expect(instanceIds(list.body)).toEqual(['1.0.0']);
    expect(one.record.value.instanceId).toBe('1.0.0');
    expect(one.revision).toBe(list.revision);
    expect(await discovery.listInstances(fresh, query, '')).toMatchObject({
      revision: list.revision,
    });
    expect(await discovery.getInstance(fresh, { ...query, instanceId: '1.0.0' }, '')).toMatchObject(
      { revision: list.revision },
    );
    await expectRefusal(
      () => discovery.getInstance(scope, { ...query, instanceId: '1.0' }, ''),
      'instanceNotExists',
      `Consumer[][///] find provider[${serviceId}][/shop/cart/1.0.0] instance[1.0] failed, provider instance does not exist`,
    );
  });

  it('are hidden from who may not use them', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, services } = harness.registry;
    const serviceId = await provide(harness, '1.0.0');
    const stranger = await services.register(scope, registration({ appId: 'other' }));
    const query = { consumerId: stranger, serviceId, tags: '' };

    await expectRefusal(
      () => discovery.listInstances(scope, query, ''),
      'serviceNotExists',
      `Consumer[${stranger}][/other/cart/1.0.0] find provider[${serviceId}][/shop/cart/1.0.0] instances failed, provider instance does not exist`,
    );
    await expectRefusal(
      () => discovery.getInstance(scope, { ...query, instanceId: '1.0.0' }, ''),
      'instanceNotExists',
    );
    await expectRefusal(
      () => discovery.listInstances(scope, { ...query, consumerId: '', tags: 'a' }, ''),
      'serviceNotExists',
    );
    await expectRefusal(
      () => discovery.listInstances(scope, { ...query, consumerId: 'nobody' }, ''),
      'serviceNotExists',
      'Consumer[nobody] does not exist.',
    );
    await expectRefusal(
      () => discovery.listInstances(scope, { ...query, consumerId: '', serviceId: 'XX' }, ''),
      'serviceNotExists',
      'Provider[XX] does not exist.',
    );
  });

  it('answer with an empty list when there are none', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, services } = harness.registry;
    const serviceId = await services.register(scope, registration());

    const list = await discovery.listInstances(scope, { consumerId: '', serviceId, tags: '' }, '');

    expect(list.body.toString()).toBe('{}');
    expect(list.revision).toBe(emptyRevision);
  });
});

describe("reading one's own writes", () => {
  it('never gives an old answer', async () => {
    await using harness = await RegistryHarness.open();
    const { discovery, instances, services } = harness.registry;
    const serviceId = await services.register(scope, registration());
    const prepared = discovery.prepare(find());

    for (let round = 0; round < 200; round++) {
      const instanceId = await instances.register(scope, serviceId, instance());
      expect(instanceIds((await discovery.answer(prepared, '')).body)).toEqual([instanceId]);
      await instances.unregister(scope, serviceId, instanceId);
      expect((await discovery.answer(prepared, '')).count).toBe(0);
    }
  });
});
