import { describe, expect } from 'vitest';

import { toStringMap } from '../../model/string-map.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import type { Resource } from '../../source/resource.ts';
import { sampleRule } from '../samples/sample-rule.ts';
import { sampleService, sampleServiceKey } from '../samples/sample-service.ts';
import { errorNameOf, type BackendFixture, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'default2' };

/** Deletion of services with all that belongs to them (spec 02 §1.3, spec 04 §3.4). */
export function describeServiceDeletion(it: BackendTest): void {
  describe('deletion of a service', () => {
    it('leaves nothing of it behind', async ({ store }) => {
      await registerEverything(store, 's1');
      await store.shown(store.backend.services.delete(defaultTenant, 's1', false));

      expect(await recordsOf(store, 's1')).toEqual([]);
      expect(await store.backend.services.get(defaultTenant, 's1')).toBeUndefined();
      expect(await store.backend.tags.get(defaultTenant, 's1')).toEqual({});
      expect(await store.backend.schemas.get(defaultTenant, 's1', 'first')).toBeUndefined();
      expect(await store.backend.schemas.list(defaultTenant, 's1', true)).toEqual([]);
      expect(await store.backend.rules.list(defaultTenant, 's1')).toEqual([]);
      expect(await store.backend.instances.list(defaultTenant, 's1')).toEqual([]);
    });

    it('ends the leases of its instances', async ({ store }) => {
      await registerEverything(store, 's1');
      await store.backend.services.delete(defaultTenant, 's1', false);

      const key = { tenant: defaultTenant, serviceId: 's1', instanceId: 'i1' };
      expect(await errorNameOf(store.backend.instances.renew(key))).toBe('instanceNotExists');
      // A lease that lived on would take the keys of the next service of this id with it.
      await registerEverything(store, 's1');
      expect((await store.backend.instances.renew(key)).isConfirmed).toBe(true);
    });

    it('queues the removal of its dependencies', async ({ store }) => {
      await registerEverything(store, 's1');
      await store.backend.services.delete(defaultTenant, 's1', false);

      expect(await store.backend.dependencies.listQueue()).toMatchObject([
        {
          identity: { tenant: defaultTenant, serviceId: 's1' },
          value: {
            consumer: { appId: 'shop', serviceName: 'name-of-s1', version: '1.0.0' },
            providers: [],
            override: true,
          },
        },
      ]);
    });

    it('shows its instances going with the last value and a cause', async ({ store }) => {
      await registerEverything(store, 's1');
      const before = await store.caughtUp();
      const recorder = store.record(store.backend.listWatch('INSTANCE'), before);
      const { position } = await store.backend.services.delete(defaultTenant, 's1', false);
      await recorder.reached(position);

      expect(recorder.changes).toMatchObject([
        {
          action: 'delete',
          identity: { serviceId: 's1', instanceId: 'i1' },
          previous: { value: { hostName: 'node-7' } },
        },
      ]);
      const [change] = recorder.changes;
      expect(store.causesFor('delete')).toContain(change?.action === 'delete' && change.cause);
    });

    it('spares services whose ids begin alike, and other tenants', async ({ store }) => {
      await registerEverything(store, 's1');
      await registerEverything(store, 's11');
      await registerEverything(store, 's1', otherTenant);
      const spared = [
        ...(await recordsOf(store, 's11')),
        ...(await recordsOf(store, 's1', otherTenant)),
      ];
      await store.backend.services.delete(defaultTenant, 's1', false);

      expect([
        ...(await recordsOf(store, 's11')),
        ...(await recordsOf(store, 's1', otherTenant)),
      ]).toEqual(spared);
      expect((await store.backend.schemas.get(defaultTenant, 's11', 'first'))?.schema).toBe('text');
      expect(
        await store.backend.instances.renew({
          tenant: otherTenant,
          serviceId: 's1',
          instanceId: 'i1',
        }),
      ).toMatchObject({ isConfirmed: true });
    });

    it('frees the name, the alias and the id', async ({ store }) => {
      await registerEverything(store, 's1');
      await store.backend.services.delete(defaultTenant, 's1', false);
      const given = { serviceName: 'name-of-s1', alias: 'alias-of-s1' };
      const again = await store.registerService({ ...given, serviceId: 's2' });

      expect(again).toMatchObject({ serviceId: 's2', isNew: true });
      const taken = await store.registerService({ serviceId: 's1', serviceName: 'another' });
      expect(taken.isNew).toBe(true);
      const [record] = await store.backend.services.list(defaultTenant);
      expect(record?.version).toBe(1n);
    });

    it('of an unknown service is refused', async ({ store }) => {
      await registerEverything(store, 's1', otherTenant);

      for (const id of ['s1', 'unknown']) {
        const deletion = store.backend.services.delete(defaultTenant, id, false);
        expect(await errorNameOf(deletion)).toBe('serviceNotExists');
      }
      expect(await store.backend.dependencies.listQueue()).toEqual([]);
    });

    it('is refused while instances are there, if asked so', async ({ store }) => {
      await registerEverything(store, 's1');
      const before = await recordsOf(store, 's1');
      const { services, instances } = store.backend;

      expect(await errorNameOf(services.delete(defaultTenant, 's1', true))).toBe(
        'deployedInstance',
      );
      expect(await recordsOf(store, 's1')).toEqual(before);
      await instances.unregister({
        tenant: defaultTenant,
        serviceId: 's1',
        instanceId: 'i1',
      });
      await services.delete(defaultTenant, 's1', true);
      expect(await recordsOf(store, 's1')).toEqual([]);
    });

    it('never leaves an instance that was registered meanwhile', async ({ store }) => {
      for (let round = 0; round < 10; round++) {
        const serviceId = `s${round}`;
        await store.registerService({ serviceId, serviceName: serviceId });
        const [registration, deletion] = await Promise.all([
          errorNameOf(store.registerInstance({ serviceId })),
          errorNameOf(store.backend.services.delete(defaultTenant, serviceId, round % 2 === 0)),
        ]);

        const isDeleted = deletion === 'no error';
        expect(['no error', 'serviceNotExists']).toContain(registration);
        expect(isDeleted || deletion === 'deployedInstance').toBe(true);
        const instances = await store.backend.instances.list(defaultTenant, serviceId);
        expect(instances).toHaveLength(isDeleted ? 0 : 1);
      }
    });
  });
}

/** A service with name, alias, tags, a schema, a rule and an instance. */
async function registerEverything(
  store: BackendFixture,
  serviceId: string,
  tenant: Tenant = defaultTenant,
): Promise<void> {
  const { schemas, tags, rules } = store.backend;
  await store.registerService(
    { serviceId, serviceName: `name-of-${serviceId}`, alias: `alias-of-${serviceId}` },
    { tenant },
  );
  await schemas.put(tenant, serviceId, { schemaId: 'first', summary: 'sum', schema: 'text' }, 10);
  await tags.replaceAll(tenant, serviceId, toStringMap([['zone', 'a']]));
  await rules.add(tenant, serviceId, [sampleRule()], 10);
  await store.registerInstance({ serviceId, instanceId: 'i1' }, { tenant });
}

/** Everything in the lists that names a service by its id or by its name, but what waits in the queue. */
async function recordsOf(
  store: BackendFixture,
  serviceId: string,
  tenant: Tenant = defaultTenant,
): Promise<readonly Resource[]> {
  const names = sampleServiceKey(
    sampleService({ serviceName: `name-of-${serviceId}`, alias: `alias-of-${serviceId}` }),
  );
  const { resources } = await store.list();
  return resources.filter((record) => {
    const { type, identity } = record;
    if (type === 'DOMAIN' || type === 'PROJECT' || type === 'DEPENDENCY_QUEUE') return false;
    if (!('tenant' in identity) || identity.tenant.project !== tenant.project) return false;
    return 'serviceId' in identity
      ? identity.serviceId === serviceId
      : [names.serviceName, names.alias].includes(identity.serviceName);
  });
}
