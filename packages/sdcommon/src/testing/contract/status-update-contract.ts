import { describe, expect } from 'vitest';

import { emptyStringMap, toStringMap } from '../../model/string-map.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import type { BackendFixture, BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'default2' };
const zoneA = toStringMap([['zone', 'a']]);

/** The status of many instances at once (spec 01 §4.7 #33, spec 04 §4.3). */
export function describeStatusUpdates(it: BackendTest): void {
  describe('the status of instances with certain properties', () => {
    it('is set where all of them are the same, in all services of the tenant', async ({
      store,
    }) => {
      await store.registerService();
      await store.registerService({ serviceId: 'till-1', serviceName: 'till' });
      await store.registerService({}, { tenant: otherTenant });
      const both = toStringMap([
        ['zone', 'a'],
        ['rack', '7'],
      ]);
      await store.registerInstance({ instanceId: 'one', properties: both });
      await store.registerInstance({ instanceId: 'two', properties: zoneA });
      await store.registerInstance({
        serviceId: 'till-1',
        instanceId: 'three',
        properties: toStringMap([...Object.entries(both), ['more', '1']]),
      });
      await store.registerInstance(
        { instanceId: 'one', properties: both },
        { tenant: otherTenant },
      );
      const { instances } = store.backend;
      await store.shown(instances.updateStatusWhere(defaultTenant, both, 'DOWN'));

      expect(await statuses(store)).toEqual(['one DOWN', 'two UP', 'three DOWN']);
      expect(await statuses(store, otherTenant)).toEqual(['one UP']);
    });

    it('is set everywhere when none is given', async ({ store }) => {
      await store.registerService();
      await store.registerInstance({ instanceId: 'one', properties: zoneA });
      await store.registerInstance({ instanceId: 'two' });
      const { instances } = store.backend;
      await instances.updateStatusWhere(defaultTenant, emptyStringMap, 'TESTING');

      expect(await statuses(store)).toEqual(['one TESTING', 'two TESTING']);
    });

    it('changes nothing else, and the instance lives as long as before', async ({ store }) => {
      await store.registerService();
      await store.registerInstance({ properties: zoneA }, { ttlSeconds: 30 });
      await store.backend.instances.updateStatusWhere(defaultTenant, zoneA, 'OUTOFSERVICE');
      const key = { tenant: defaultTenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };

      expect(await store.backend.instances.get(key)).toMatchObject({
        value: sampleInstance({ properties: zoneA, status: 'OUTOFSERVICE' }),
        version: 2n,
      });
      expect(await store.backend.instances.renew(key)).toEqual({
        isConfirmed: true,
        ttlSeconds: 30,
      });
      await store.outlive(30);
      await store.untilStored('INSTANCE', 0);
    });

    it('is not written where it is that already', async ({ store }) => {
      await store.registerService();
      await store.registerInstance({ properties: zoneA });
      const before = await store.caughtUp();
      const { instances } = store.backend;
      const same = await store.shown(instances.updateStatusWhere(defaultTenant, zoneA, 'UP'));
      const none = toStringMap([['zone', 'b']]);
      await store.shown(instances.updateStatusWhere(defaultTenant, none, 'DOWN'));

      expect((await store.position()).order).toBe(before.order);
      expect(same.position.order).toBeLessThanOrEqual(before.order);
      expect(await store.stored('INSTANCE')).toMatchObject([{ version: 1n }]);
    });

    it('is only set by names that are properties', async ({ store }) => {
      await store.registerService();
      await store.registerInstance();
      const properties = toStringMap([['__proto__', '1']]);
      await store.registerInstance({ instanceId: 'odd', properties });
      await store.backend.instances.updateStatusWhere(defaultTenant, properties, 'DOWN');

      expect(await statuses(store)).toEqual(['cart-1-a UP', 'odd DOWN']);
    });

    it('is set however many there are', async ({ store }) => {
      await store.registerService();
      const ids = Array.from({ length: 300 }, (_, index) => `i${index}`);
      await Promise.all(
        ids.map((instanceId) => store.registerInstance({ instanceId, properties: zoneA })),
      );
      const { instances } = store.backend;
      await store.shown(instances.updateStatusWhere(defaultTenant, zoneA, 'DOWN'));

      const stored = await store.stored('INSTANCE');
      expect(stored).toHaveLength(300);
      expect(stored.every(({ value }) => value.status === 'DOWN')).toBe(true);
    });

    it('neither undoes other changes at once nor brings anything back', async ({ store }) => {
      const { instances } = store.backend;
      await store.registerService();
      for (let round = 0; round < 10; round++) {
        const ids = ['changed', 'gone', 'other'];
        for (const instanceId of ids) {
          await store.registerInstance({ instanceId, properties: zoneA }, { isIdRequested: true });
        }
        const key = { tenant: defaultTenant, serviceId: 'cart-1' };
        const properties = toStringMap([...Object.entries(zoneA), ['round', String(round)]]);
        const changed = { ...key, instanceId: 'changed' };
        await Promise.all([
          instances.updateProperties(changed, properties, '1700000060'),
          instances.updateStatusWhere(defaultTenant, zoneA, round % 2 === 0 ? 'DOWN' : 'UP'),
          instances.unregister({ ...key, instanceId: 'gone' }),
        ]);

        const status = round % 2 === 0 ? 'DOWN' : 'UP';
        expect(await statuses(store)).toEqual([`changed ${status}`, `other ${status}`]);
        expect((await instances.get(changed))?.value.properties).toEqual(properties);
      }
    });
  });
}

/** The instances of a tenant with their statuses, by the keys of their records. */
async function statuses(
  store: BackendFixture,
  tenant: Tenant = defaultTenant,
): Promise<readonly string[]> {
  const records = await store.stored('INSTANCE');
  return records
    .filter(({ identity }) => identity.tenant.project === tenant.project)
    .map(({ value }) => `${value.instanceId} ${value.status}`);
}
