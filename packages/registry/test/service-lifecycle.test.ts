import { describe, expect, it } from 'vitest';

import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';
import { find, instance, map, registration, scope, service, tenant } from './requests.ts';

describe('registering a service', () => {
  it('fills in defaults and stores the times of the server', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;

    const serviceId = await services.register(
      scope,
      registration({ appId: '', version: '', timestamp: '1', modTimestamp: '2' }),
    );

    expect(serviceId).toMatch(/^[0-9a-f]{40}$/);
    const { value } = await services.get(scope, serviceId);
    expect(value).toMatchObject({
      serviceId,
      appId: 'default',
      version: '0.0.1',
      level: 'BACK',
      status: 'UP',
      environment: '',
    });
    expect(Number(value.timestamp)).toBeGreaterThan(1_000_000);
    expect(value.modTimestamp).toBe(value.timestamp);
  });

  it('accepts every field at its largest', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const serviceId = 's'.repeat(64);

    const registered = await services.register(
      scope,
      registration({
        serviceId,
        appId: 'a'.repeat(160),
        serviceName: 'n'.repeat(128),
        version: '32767.32767.32767.32767',
        alias: 'b'.repeat(128),
        description: 'ü'.repeat(256),
        framework: { name: 'f'.repeat(64), version: 'v'.repeat(64) },
      }),
    );

    expect(registered).toBe(serviceId);
  });

  it('finds the same service again and changes nothing', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const serviceId = await services.register(scope, registration({ alias: 'a' }));

    const again = await services.register(
      scope,
      registration({ alias: 'b', description: 'changed' }),
    );

    expect(again).toBe(serviceId);
    expect((await services.get(scope, serviceId)).value).toMatchObject({
      alias: 'a',
      description: '',
    });
  });

  it('finds the service that has the same alias and version under another name', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const serviceId = await services.register(scope, registration({ alias: 'a' }));

    expect(await services.register(scope, registration({ serviceName: 'b', alias: 'a' }))).toBe(
      serviceId,
    );
  });

  it('takes another environment for another service', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;

    const first = await services.register(scope, registration());
    const second = await services.register(scope, registration({ environment: 'production' }));

    expect(second).not.toBe(first);
  });

  it('refuses an id that conflicts with what is stored', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    await services.register(scope, registration({ serviceId: 'X' }));
    const detail = 'ServiceID conflict or found the same service with different id.';

    expect(await services.register(scope, registration({ serviceId: 'X' }))).toBe('X');
    await expectRefusal(
      () => services.register(scope, registration({ serviceId: 'Y' })),
      'serviceAlreadyExists',
      detail,
    );
    await expectRefusal(
      () => services.register(scope, registration({ serviceId: 'X', serviceName: 'other' })),
      'serviceAlreadyExists',
      detail,
    );
  });

  it.each(['@#%&-x', 'ü'])('takes the id %s', async (serviceId) => {
    await using harness = await RegistryHarness.open();

    expect(await harness.registry.services.register(scope, registration({ serviceId }))).toBe(
      serviceId,
    );
    expect((await harness.registry.services.get(scope, serviceId)).value.serviceId).toBe(serviceId);
  });

  it('stores tags and instances that come with it', async () => {
    await using harness = await RegistryHarness.open();
    const { services, tags, discovery } = harness.registry;

    const serviceId = await services.register(
      scope,
      registration({}, { tags: map({ zone: 'z1' }), instances: [instance(), instance()] }),
    );

    expect(await tags.get(scope, serviceId)).toEqual({ zone: 'z1' });
    const query = { consumerId: '', serviceId, tags: '' };
    expect((await discovery.listInstances(scope, query, '')).count).toBe(2);
  });

  it('names what could not be stored with it and keeps the service', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;

    await expectRefusal(
      () =>
        services.register(
          scope,
          registration(
            { serviceId: 'X' },
            { tags: map({ 'not ok': 'v' }), instances: [instance({ hostName: '' }), instance()] },
          ),
        ),
      'invalidParameters',
      /^errMessages: \[Invalid parameter\(s\)\(field 'MicroServiceInstance\.HostName' .* Invalid parameter\(s\)\(field 'AddServiceTagsRequest\.Tags' .*\]$/,
    );
    expect(services.isRegistered(tenant, 'X')).toBe(true);
  });

  it('refuses an empty body', async () => {
    await using harness = await RegistryHarness.open();

    await expectRefusal(
      () => harness.registry.services.register(scope, { ...registration(), service: undefined }),
      'invalidParameters',
      'Request body is empty',
    );
  });

  it('records the tenant', async () => {
    await using harness = await RegistryHarness.open();
    await harness.registry.services.register(scope, registration());

    await until('the tenant', () => harness.aggregator.cache('PROJECT').size === 1);
    const [project] = harness.aggregator.cache('PROJECT').values();
    expect(project?.identity).toEqual(tenant);
  });

  it('makes random ids when it is told to', async () => {
    await using harness = await RegistryHarness.open({ config: { serviceIdKind: 'buildin' } });
    const { services } = harness.registry;
    const first = await services.register(scope, registration());
    expect(first).toMatch(/^[0-9a-f]{32}$/);

    await services.delete(scope, first, true);

    expect(await services.register(scope, registration())).not.toBe(first);
  });
});

describe('reading services', () => {
  it('lists the services of the tenant only', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const serviceId = await services.register(scope, registration());
    const elsewhere = { tenant: { domain: 'd2', project: 'p1' } };

    expect((await services.list(scope, false)).map(({ value }) => value.serviceId)).toEqual([
      serviceId,
    ]);
    expect(await services.list(elsewhere, false)).toEqual([]);
    await expectRefusal(
      () => services.get(elsewhere, serviceId),
      'serviceNotExists',
      'Service does not exist.',
    );
  });

  it('refuses an id that is none', async () => {
    await using harness = await RegistryHarness.open();

    for (const serviceId of ['', ' ', 'x'.repeat(65)]) {
      await expectRefusal(
        () => harness.registry.services.get(scope, serviceId),
        'invalidParameters',
        `field 'GetServiceRequest.ServiceId' invalid value '${serviceId}' does not match rule: {Min: 1, Max: 64, Regexp: ^\\S*$}`,
      );
    }
  });
});

describe('asking whether a service exists', () => {
  const query = { environment: '', appId: 'shop', serviceName: 'cart', version: '1.0.0' };

  it('finds it by its name, by its alias and by a version rule', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const first = await services.register(scope, registration({ alias: 'shop:cart' }));
    const second = await services.register(scope, registration({ version: '1.10.0' }));

    expect(await services.exists(scope, query)).toBe(first);
    expect(await services.exists(scope, { ...query, serviceName: 'shop:cart' })).toBe(first);
    expect(await services.exists(scope, { ...query, version: 'latest' })).toBe(second);
    expect(await services.exists(scope, { ...query, version: '1.0+' })).toBe(second);
    expect(await services.exists(scope, { ...query, version: '1.0.0-1.9.9' })).toBe(first);
  });

  it('takes no version rule where the configuration says so', async () => {
    await using harness = await RegistryHarness.open({
      config: { existenceVersionRule: 'refuse' },
    });
    const { services } = harness.registry;
    const serviceId = await services.register(scope, registration());

    expect(await services.exists(scope, query)).toBe(serviceId);
    for (const version of ['latest', '1.0+', '1.0.0-1.9.9', '']) {
      await expectRefusal(
        () => services.exists(scope, { ...query, version }),
        'invalidParameters',
        /^field 'GetExistenceRequest\.Version' invalid value/,
      );
    }
  });

  it('tells an unknown name from an unknown version', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    await services.register(scope, registration({ alias: 'al' }));

    await expectRefusal(
      () => services.exists(scope, { ...query, serviceName: 'nope' }),
      'serviceNotExists',
      '/shop/nope/1.0.0 does not exist.',
    );
    for (const serviceName of ['cart', 'al']) {
      await expectRefusal(
        () => services.exists(scope, { ...query, serviceName, version: '9.9.9' }),
        'serviceVersionNotExists',
        `/shop/${serviceName}/9.9.9 version mismatch.`,
      );
    }
    await expectRefusal(
      () => services.exists(scope, { ...query, version: '2+' }),
      'serviceVersionNotExists',
    );
    await expectRefusal(
      () => services.exists(scope, { ...query, version: '' }),
      'invalidParameters',
    );
  });
});

describe('changing the properties of a service', () => {
  it('replaces them', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const serviceId = await services.register(scope, registration({ properties: map({ a: '1' }) }));

    await services.updateProperties(scope, serviceId, map({ b: '2' }));

    expect((await services.get(scope, serviceId)).value.properties).toEqual({ b: '2' });
    await expectRefusal(
      () => services.updateProperties(scope, 'nope', map({})),
      'serviceNotExists',
      'Service does not exist.',
    );
  });
});

describe('deleting a service', () => {
  it('refuses while it has instances, unless forced', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery } = harness.registry;
    const serviceId = await services.register(scope, registration({}, { instances: [instance()] }));

    await expectRefusal(
      () => services.delete(scope, serviceId, false),
      'deployedInstance',
      'Can not delete the service deployed instance(s).',
    );
    await services.delete(scope, serviceId, true);

    expect(services.isRegistered(tenant, serviceId)).toBe(false);
    await expectRefusal(() => discovery.answer(discovery.prepare(find()), ''), 'serviceNotExists');
    await expectRefusal(
      () => services.delete(scope, serviceId, true),
      'serviceNotExists',
      'Service does not exist.',
    );
  });

  it('refuses while another service depends on it, unless forced', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery, dependencies } = harness.registry;
    const provider = await services.register(scope, registration());
    const consumer = await services.register(scope, registration({ serviceName: 'web' }));
    await discovery.answer(discovery.prepare(find({ consumerId: consumer })), '');
    const everybody = { sameDomain: false, noSelf: false };
    await until(
      'the dependency',
      async () => (await dependencies.consumersOf(scope, provider, everybody)).length === 1,
    );

    await expectRefusal(
      () => services.delete(scope, provider, false),
      'dependedOnConsumer',
      'Can not delete this service, other service rely it.',
    );
    await services.delete(scope, provider, true);

    expect(services.isRegistered(tenant, provider)).toBe(false);
  });

  it('lets a service go that depends on itself only', async () => {
    await using harness = await RegistryHarness.open();
    const { services, discovery, dependencies } = harness.registry;
    const serviceId = await services.register(scope, registration());
    await discovery.answer(discovery.prepare(find({ consumerId: serviceId })), '');
    const everybody = { sameDomain: false, noSelf: false };
    await until(
      'the dependency',
      async () => (await dependencies.consumersOf(scope, serviceId, everybody)).length === 1,
    );

    await services.delete(scope, serviceId, false);

    expect(services.isRegistered(tenant, serviceId)).toBe(false);
  });

  it('deletes several, each for itself', async () => {
    await using harness = await RegistryHarness.open();
    const { services } = harness.registry;
    const free = await services.register(scope, registration());
    const used = await services.register(
      scope,
      registration({ serviceName: 'used' }, { instances: [instance()] }),
    );

    const deleted = await services.deleteMany(scope, [free, used, 'nope', free], false);

    expect(deleted).toEqual([
      { serviceId: free, errMessage: '' },
      {
        serviceId: used,
        errMessage:
          'Micro-service has deployed instance(s)(Can not delete the service deployed instance(s).)',
      },
      {
        serviceId: 'nope',
        errMessage: 'Micro-service does not exist(Service does not exist.)',
      },
    ]);
    await expectRefusal(() => services.deleteMany(scope, [], false), 'invalidParameters');
    await expectRefusal(() => services.deleteMany(scope, ['a b'], false), 'invalidParameters');
  });
});

describe('quotas', () => {
  it('count the services of a tenant', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        quota: {
          kind: 'buildin',
          service: 2,
          instance: 1,
          schema: 1,
          tag: 1,
          rule: 1,
        },
      },
    });
    const { services, instances } = harness.registry;
    const serviceId = await services.register(scope, registration());
    await services.register(scope, registration({ version: '2' }));

    await expectRefusal(
      () => services.register(scope, registration({ version: '3' })),
      'notEnoughQuota',
      'no quota to create SERVICE, max num is 2, curNum is 2, apply num is 1',
    );
    await expectRefusal(() => services.register(scope, registration()), 'notEnoughQuota');
    await services.register({ tenant: { domain: 'd2', project: 'p' } }, registration());
    await instances.register(scope, serviceId, instance());
    await expectRefusal(
      () => instances.register(scope, serviceId, instance()),
      'notEnoughQuota',
      'no quota to create INSTANCE, max num is 1, curNum is 1, apply num is 1',
    );
    expect(harness.metric('db_service_usage')).toBe(1);
    expect(harness.metric('db_service_total', 'UNKNOWN', 'UNKNOWN', 'd1', 'p1')).toBe(2);
  });

  it('hold in a burst', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        quota: { kind: 'buildin', service: 3, instance: 3, schema: 3, tag: 3, rule: 3 },
      },
    });
    const { services } = harness.registry;

    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        services.register(scope, registration({ version: `${index}` })),
      ),
    );

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('do not exist when they are switched off', async () => {
    await using harness = await RegistryHarness.open({
      config: {
        quota: { kind: 'unlimit', service: 0, instance: 0, schema: 0, tag: 0, rule: 0 },
      },
    });
    const { services } = harness.registry;

    const serviceId = await services.register(
      scope,
      registration({ schemas: ['a', 'b'] }, { tags: map({ a: 'b' }), instances: [instance()] }),
    );

    expect((await services.get(scope, serviceId)).value.schemas).toEqual(['a', 'b']);
  });
});

describe('a service that a client describes wrongly', () => {
  it('is refused and not stored', async () => {
    await using harness = await RegistryHarness.open();

    await expectRefusal(
      () =>
        harness.registry.services.register(scope, {
          ...registration(),
          service: service({ serviceName: 'a b' }),
        }),
      'invalidParameters',
      String.raw`field 'MicroService.ServiceName' invalid value 'a b' does not match rule: {Min: 1, Max: 128, Regexp: ^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$}`,
    );
    expect(await harness.registry.services.list(scope, true)).toEqual([]);
  });
});
