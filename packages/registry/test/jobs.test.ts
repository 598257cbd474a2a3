import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import type { JobsConfig } from '../src/index.ts';
import { RegistryHarness, until } from './registry-harness.ts';
import { instance, registration, scope } from './requests.ts';

const none: JobsConfig = {
  retireServices: undefined,
  retireSchemas: undefined,
  clearServices: undefined,
};
const dayMs = 86_400_000;

async function versions(harness: RegistryHarness): Promise<readonly string[]> {
  const services = await harness.registry.services.list(scope, false);
  return services.map(({ value }) => value.version).toSorted();
}

it('removes old versions that nobody runs, whoever depends on them', async () => {
  const clock = new ManualClock();
  const jobs = { ...none, retireServices: { cron: '0 1 * * *', reserve: 1 } };
  await using harness = await RegistryHarness.open({ clock, config: { jobs } });
  const { services, instances } = harness.registry;
  const ids: string[] = [];
  for (const patch of [0, 1, 2, 3, 4, 10]) {
    ids.push(await services.register(scope, registration({ version: `1.0.${patch}` })));
  }
  await services.register(scope, registration({ serviceName: 'single', version: '0.1' }));
  await instances.register(scope, ids[2] ?? '', instance());

  await clock.advance(dayMs);
  await until('the removal', async () => (await versions(harness)).length === 3);

  expect(await versions(harness)).toEqual(['0.1', '1.0.10', '1.0.2']);
});

it('removes services that have had no instance for long enough', async () => {
  const clock = new ManualClock();
  const jobs = { ...none, clearServices: { intervalMs: dayMs, ttlMs: dayMs / 2 } };
  await using harness = await RegistryHarness.open({ clock, config: { jobs } });
  const { services } = harness.registry;
  const used = registration({ version: '1' }, { instances: [instance()] });
  await services.register(scope, used);
  await services.register(scope, registration({ version: '2' }));
  await clock.advance(dayMs - 1000);
  await services.register(scope, registration({ version: '3' }));

  await clock.advance(1000);
  await until('the removal', async () => (await versions(harness)).length === 2);

  expect(await versions(harness)).toEqual(['1', '3']);
});

it('leaves the service under which the server is registered', async () => {
  const clock = new ManualClock();
  const jobs = { ...none, clearServices: { intervalMs: dayMs, ttlMs: 0 } };
  await using harness = await RegistryHarness.open({ clock, config: { jobs } });
  const { self, services } = harness.registry;
  await self.start(['rest://127.0.0.1:30100/']);
  await services.register(scope, registration());

  await clock.advance(dayMs);
  await until('the removal', async () => (await versions(harness)).length === 0);

  const own = self.instance;
  expect(own && services.isRegistered(own.tenant, own.serviceId)).toBe(true);
});

it('removes the texts of schemas that no service refers to', async () => {
  const clock = new ManualClock();
  const jobs = { ...none, retireSchemas: { cron: '0 2 * * *' } };
  const told: unknown[] = [];
  const logger = { ...silentLogger, info: (...said: readonly unknown[]) => told.push(said) };
  await using harness = await RegistryHarness.open({ clock, logger, config: { jobs } });
  const { services, schemas } = harness.registry;
  const serviceId = await services.register(scope, registration());
  await schemas.put(scope, serviceId, { schemaId: 'a', schema: 'old', summary: '' });
  await schemas.put(scope, serviceId, { schemaId: 'a', schema: 'new', summary: '' });
  await until('the project', () => harness.aggregator.cache('PROJECT').size > 0);

  await clock.advance(dayMs);
  await until('the removal', () => told.length > 0);

  expect(told).toEqual([[{ discarded: 1 }, 'removed schemas that no service refers to']]);
  expect((await schemas.get(scope, serviceId, 'a')).schema).toBe('new');
  expect(await harness.backend.schemas.discardUnreferenced(scope.tenant)).toBe(0);
});
