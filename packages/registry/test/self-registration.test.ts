import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defaultTenant, FieldReader, readMicroServiceInstance } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { defaultRegistryConfig } from '../src/index.ts';
import { expectRefusal, RegistryHarness, until } from './registry-harness.ts';

const endpoints = ['rest://10.0.0.7:30100/'];

describe("the server's own registration", () => {
  it('makes it an instance of SERVICECENTER, which health shows', async () => {
    await using harness = await RegistryHarness.open();
    const { self, health } = harness.registry;
    await expectRefusal(
      () => health.instances(),
      'serviceNotExists',
      'production/default/SERVICECENTER/1.2.3 does not exist.',
    );

    await self.start(endpoints);

    const answer = FieldReader.parse(health.instances().body.toString());
    expect(answer.structList('instances', readMicroServiceInstance)).toMatchObject([
      {
        endpoints,
        status: 'UP',
        healthCheck: { mode: 'push', interval: 30, times: 3 },
        version: '1.2.3',
      },
    ]);
    const [service] = harness.aggregator.services.ofTenant(defaultTenant);
    expect(service?.value).toMatchObject({
      appId: 'default',
      serviceName: 'SERVICECENTER',
      alias: 'SERVICECENTER',
      environment: 'production',
      level: 'BACK',
      properties: { allowCrossApp: 'true' },
    });
  });

  it('protects its service from deletion', async () => {
    await using harness = await RegistryHarness.open();
    const { self, services } = harness.registry;
    await self.start(endpoints);
    const serviceId = self.instance?.serviceId ?? '';

    await expectRefusal(
      () => services.delete({ tenant: defaultTenant }, serviceId, true),
      'invalidParameters',
      'not allow to delete service center',
    );
  });

  it('keeps its id over a restart, and ends with the server', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'registry-self-'));
    const ids: (string | undefined)[] = [];
    for (let start = 0; start < 2; start++) {
      await using harness = await RegistryHarness.open({ directory });
      expect(harness.aggregator.cache('INSTANCE').size).toBe(0);
      await harness.registry.self.start(endpoints);
      ids.push(harness.registry.self.instance?.instanceId);
      await harness.registry.self.stop();
      await until('the end', () => harness.aggregator.cache('INSTANCE').size === 0);
    }
    await rm(directory, { recursive: true });

    expect(ids[1]).toBe(ids[0]);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('comes back when somebody removes it', async () => {
    const clock = new ManualClock();
    await using harness = await RegistryHarness.open({ clock });
    const { self, instances } = harness.registry;
    await self.start(endpoints);
    const { serviceId = '', instanceId = '' } = self.instance ?? {};
    await instances.unregister({ tenant: defaultTenant }, serviceId, instanceId);
    expect(harness.aggregator.cache('INSTANCE').size).toBe(0);

    await clock.advance(30_000);

    await until('the instance', () => harness.aggregator.cache('INSTANCE').size === 1);
  });

  it('leaves no timer behind', async () => {
    const clock = new ManualClock();
    await using harness = await RegistryHarness.open({ clock });
    await harness.registry.self.start(endpoints);

    await harness.registry.close();

    expect(clock.pendingTimers).toBe(0);
  });

  it('can be switched off', async () => {
    await using harness = await RegistryHarness.open({
      config: { self: { ...defaultRegistryConfig.self, register: false } },
    });

    await harness.registry.self.start(endpoints);

    expect(harness.aggregator.cache('SERVICE').size).toBe(0);
    harness.registry.health.assertHealthy();
  });
});

describe('health', () => {
  it('says what is wrong with the store', async () => {
    await using harness = await RegistryHarness.open();
    const { health, self } = harness.registry;
    await self.start(endpoints);

    health.update({ status: 'down', detail: 'the disk is full' });
    await expectRefusal(() => health.instances(), 'unhealthy', 'the disk is full');
    health.update({ status: 'up' });
    expect(health.instances().count).toBe(1);
  });
});
