import { describe, expect, it } from 'vitest';

import { defaultRegistryConfig } from '../src/index.ts';
import { expectRefusal, RegistryHarness } from './registry-harness.ts';
import { countTurns } from './count-turns.ts';
import { instance, map, registration, scope, tenant } from './requests.ts';

async function open(
  config?: Parameters<typeof RegistryHarness.open>[0],
): Promise<{ harness: RegistryHarness; serviceId: string }> {
  const harness = await RegistryHarness.open(config);
  const serviceId = await harness.registry.services.register(scope, registration());
  return { harness, serviceId };
}

const health = { mode: 'push', port: 0, interval: 30, times: 3, url: '' };

describe('registering an instance', () => {
  it('fills in defaults', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;

    const instanceId = await instances.register(
      scope,
      serviceId,
      instance({ serviceId: 'elsewhere' }),
    );

    expect(instanceId).toMatch(/^[0-9a-f]{32}$/);
    expect(harness.aggregator.instances.get(tenant, serviceId, instanceId)?.value).toMatchObject({
      serviceId,
      status: 'UP',
      version: '1.0.0',
      healthCheck: health,
    });
  });

  it.for([
    { mode: 'push', sent: [1, 0], stored: [5, 3] },
    { mode: 'push', sent: [5, 3], stored: [5, 3] },
    { mode: 'push', sent: [6, 4], stored: [6, 4] },
    { mode: 'pull', sent: [100, 100], stored: [30, 3] },
  ])('stores the $mode of $sent as $stored', async ({ mode, sent, stored }) => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const [interval = 0, times = 0] = sent;

    const instanceId = await harness.registry.instances.register(
      scope,
      serviceId,
      instance({ healthCheck: { ...health, mode, interval, times } }),
    );

    const kept = harness.aggregator.instances.get(tenant, serviceId, instanceId);
    expect(kept?.value.healthCheck).toMatchObject({
      mode,
      interval: stored[0],
      times: stored[1],
    });
  });

  it('refuses a health check that would let it live longer than a lease can', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    // 536870911 x (3 + 1) = 2147483644 seconds, the longest that fits into 31 bits.
    const healthCheck = { ...health, interval: 536_870_911, times: 3 };

    await instances.register(scope, serviceId, instance({ healthCheck }));
    await expectRefusal(
      () =>
        instances.register(
          scope,
          serviceId,
          instance({ healthCheck: { ...healthCheck, interval: 536_870_912 } }),
        ),
      'invalidParameters',
      "Invalid 'healthCheck' settings in request body.",
    );
  });

  it('refuses an unknown service', async () => {
    const { harness } = await open();
    await using _ = harness;

    await expectRefusal(
      () => harness.registry.instances.register(scope, 'nope', instance()),
      'serviceNotExists',
      "Invalid 'serviceID' in request body.",
    );
  });

  it('takes two instances with the same endpoints', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;

    const first = await instances.register(scope, serviceId, instance());
    const second = await instances.register(scope, serviceId, instance());

    expect(second).not.toBe(first);
    expect(harness.aggregator.instances.ofService(tenant, serviceId)).toHaveLength(2);
  });

  it('stores a changed body under the same id, keeping the status', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    await instances.register(scope, serviceId, instance({ instanceId: 'i' }));
    await instances.updateStatus(scope, serviceId, 'i', 'DOWN');
    const before = harness.aggregator.instances.get(tenant, serviceId, 'i');

    await instances.register(
      scope,
      serviceId,
      instance({ instanceId: 'i', endpoints: ['rest://10.0.0.8:8080'] }),
    );

    const after = harness.aggregator.instances.get(tenant, serviceId, 'i');
    expect(after?.value).toMatchObject({ endpoints: ['rest://10.0.0.8:8080'], status: 'DOWN' });
    expect(after?.createRevision).toBe(before?.createRevision);
  });

  it('writes nothing for the same body under the same id', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    await instances.register(scope, serviceId, instance({ instanceId: 'i' }));
    const before = harness.aggregator.instances.get(tenant, serviceId, 'i');

    await instances.register(scope, serviceId, instance({ instanceId: 'i' }));

    expect(harness.aggregator.instances.get(tenant, serviceId, 'i')?.modRevision).toBe(
      before?.modRevision,
    );
  });

  it('leaves a live instance as it is where the configuration says so', async () => {
    const { harness, serviceId } = await open({ config: { reregistration: 'renew' } });
    await using _ = harness;
    const { instances } = harness.registry;
    const stored = (): unknown => harness.aggregator.instances.get(tenant, serviceId, 'i');
    const register = (port: number): Promise<string> =>
      instances.register(
        scope,
        serviceId,
        instance({
          instanceId: 'i',
          endpoints: [`rest://10.0.0.8:${port}`],
          // Another time to live as well.
          healthCheck: { ...health, interval: port },
        }),
      );
    await register(40);
    const before = stored();
    const key = { tenant, serviceId, instanceId: 'i' };

    expect(await register(50)).toBe('i');

    expect(stored()).toBe(before);
    expect(await harness.backend.instances.renew(key)).toMatchObject({ ttlSeconds: 160 });

    await instances.unregister(scope, serviceId, 'i');
    await register(50);
    expect(stored()).toMatchObject({ value: { endpoints: ['rest://10.0.0.8:50'] } });
    expect(await harness.backend.instances.renew(key)).toMatchObject({ ttlSeconds: 200 });
  });

  it('adds the configured properties', async () => {
    const { harness, serviceId } = await open({
      config: {
        instance: {
          ttlSeconds: 0,
          minIntervalSeconds: 5,
          minTimes: 3,
          properties: map({ a: 'configured' }),
        },
      },
    });
    await using _ = harness;
    const { instances } = harness.registry;
    const properties = map({ a: 'sent', b: '1' });
    const instanceId = await instances.register(scope, serviceId, instance({ properties }));
    const stored = (): unknown =>
      harness.aggregator.instances.get(tenant, serviceId, instanceId)?.value.properties;
    expect(stored()).toEqual({ a: 'configured', b: '1' });

    await instances.updateProperties(scope, serviceId, instanceId, map({ c: '2' }));
    expect(stored()).toEqual({ a: 'configured', c: '2' });
  });

  it('brings configured properties to an older instance with its heartbeat', async () => {
    const { harness, serviceId } = await open({
      config: {
        instance: {
          ttlSeconds: 0,
          minIntervalSeconds: 5,
          minTimes: 3,
          properties: map({ a: '1' }),
        },
      },
    });
    await using _ = harness;
    const { instances } = harness.registry;
    await instances.register(scope, serviceId, instance({ instanceId: 'i' }));
    const key = { tenant, serviceId, instanceId: 'i' };
    const written = await harness.backend.instances.updateProperties(key, map({ b: '2' }), '1');
    await harness.aggregator.waitFor(written.position, { timeoutMs: 3000 });

    await instances.heartbeat(tenant, serviceId, 'i');

    const stored = harness.aggregator.instances.get(tenant, serviceId, 'i');
    expect(stored?.value.properties).toEqual({ a: '1', b: '2' });
  });
});

describe('a heartbeat', () => {
  it('counts for a live instance only', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    const instanceId = await instances.register(scope, serviceId, instance());

    await instances.heartbeat(tenant, serviceId, instanceId);
    await expectRefusal(
      () => instances.heartbeat(tenant, serviceId, 'nope'),
      'instanceNotExists',
      'leaseId not exist, instance not exist',
    );

    expect(harness.metric('db_heartbeat_total', 'SUCCESS')).toBe(1);
    expect(harness.metric('db_heartbeat_total', 'FAILURE')).toBe(1);
  });

  it('of a set stands for itself', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    const instanceId = await instances.register(scope, serviceId, instance());
    const good = { serviceId, instanceId };
    const unknown = { serviceId, instanceId: 'nope' };

    expect(await instances.heartbeatSet(tenant, [good, unknown, good])).toEqual([
      { ...good, errMessage: '' },
      {
        ...unknown,
        errMessage: 'Instance does not exist(leaseId not exist, instance not exist)',
      },
    ]);
    await expectRefusal(
      () => instances.heartbeatSet(tenant, []),
      'invalidParameters',
      'Request format invalid.',
    );
  });
});

describe('a large set of heartbeats', () => {
  it('gives others their turns and answers in order', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const set = Array.from({ length: 2000 }, (_element, index) => ({
      serviceId,
      instanceId: `i${index}`,
    }));
    const { outcome, turns } = await countTurns(
      harness.registry.instances.heartbeatSet(tenant, set),
    );
    expect(outcome.map(({ instanceId }) => instanceId)).toEqual(
      set.map(({ instanceId }) => instanceId),
    );
    expect(turns).toBeGreaterThanOrEqual(7);
  });
});

describe('changing an instance', () => {
  it('is seen by the next read', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;
    const instanceId = await instances.register(scope, serviceId, instance());
    const stored = (): unknown =>
      harness.aggregator.instances.get(tenant, serviceId, instanceId)?.value;

    for (const status of ['DOWN', 'STARTING', 'TESTING', 'OUTOFSERVICE', 'UP']) {
      await instances.updateStatus(scope, serviceId, instanceId, status);
      expect(stored()).toMatchObject({ status });
    }
    await instances.updateProperties(scope, serviceId, instanceId, map({ a: 'b' }));
    expect(stored()).toMatchObject({ properties: { a: 'b' } });
    await instances.updateProperties(scope, serviceId, instanceId, map({}));
    expect(stored()).toMatchObject({ properties: {} });
    await instances.unregister(scope, serviceId, instanceId);
    expect(stored()).toBeUndefined();
  });

  it('refuses an unknown instance with the detail that clients know', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;
    const { instances } = harness.registry;

    await expectRefusal(
      () => instances.updateStatus(scope, serviceId, 'nope', 'UP'),
      'instanceNotExists',
      'Service instance does not exist.',
    );
    await expectRefusal(
      () => instances.updateProperties(scope, serviceId, 'nope', map({})),
      'instanceNotExists',
      'Service instance does not exist.',
    );
    await expectRefusal(
      () => instances.unregister(scope, serviceId, 'nope'),
      'instanceNotExists',
      "Instance's leaseId not exist.",
    );
  });

  it('refuses a status that is none', async () => {
    const { harness, serviceId } = await open();
    await using _ = harness;

    for (const status of ['', 'down', 'UPDOWN', ' ']) {
      await expectRefusal(
        () => harness.registry.instances.updateStatus(scope, serviceId, 'i', status),
        'invalidParameters',
        `field 'UpdateInstanceStatusRequest.Status' invalid value '${status}' does not match rule: {Regexp: ^(UP|DOWN|STARTING|TESTING|OUTOFSERVICE)$}`,
      );
    }
  });
});

it('answers with the quota first, whatever service is asked for', async () => {
  const quota = { ...defaultRegistryConfig.quota, instance: 1 };
  await using harness = await RegistryHarness.open({ config: { quota } });
  const { services, instances } = harness.registry;
  const serviceId = await services.register(scope, registration());
  const register = (id: string): Promise<string> => instances.register(scope, id, instance());
  await expectRefusal(() => register('none'), 'serviceNotExists');
  await register(serviceId);
  await expectRefusal(() => register('none'), 'notEnoughQuota');
  await expectRefusal(() => register(serviceId), 'notEnoughQuota');
});
