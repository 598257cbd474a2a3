import { describe, expect } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { errorNameOf, type BackendFixture, type BackendTest } from './backend-fixture.ts';

const key = { tenant: defaultTenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };

/** The leases that keep instances alive (spec 02 §1.4, spec 04 §4.2 and §4.4). */
export function describeLeases(it: BackendTest): void {
  describe('leases', () => {
    it('are renewed without a write', async ({ store }) => {
      await store.registerService();
      await store.registerInstance({}, { ttlSeconds: 120 });
      const before = await store.position();

      expect(await store.backend.instances.renew(key)).toEqual({
        isConfirmed: true,
        ttlSeconds: 120,
      });
      expect(await store.position()).toEqual(before);
    });

    it('that run out take their instance with them', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      const recorder = store.record(store.backend.feed, await store.caughtUp());
      await store.outlive(ttlSeconds);
      await recorder.until('the deletion', ({ changes }) => changes.length > 0);

      const [change, ...others] = recorder.changes;
      expect(others).toEqual([]);
      expect(change).toMatchObject({
        action: 'delete',
        type: 'INSTANCE',
        identity: key,
        previous: { value: sampleInstance() },
      });
      expect(store.causesFor('expire')).toContain(change?.action === 'delete' && change.cause);
      expect(await store.backend.instances.get(key)).toBeUndefined();
      expect(await errorNameOf(store.backend.instances.renew(key))).toBe('instanceNotExists');
      expect(await errorNameOf(store.backend.instances.unregister(key))).toBe('instanceNotExists');
    });

    it('live as long as they are renewed', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      for (let beat = 0; beat < 6; beat++) {
        await store.advance(ttlSeconds * 500);
        expect(await store.backend.instances.renew(key)).toMatchObject({ isConfirmed: true });
      }

      expect(await store.backend.instances.get(key)).toBeDefined();
    });

    it('are renewed by a registration of the same id', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      for (let beat = 0; beat < 4; beat++) {
        await store.advance(ttlSeconds * 500);
        await store.registerInstance({}, { ttlSeconds, isIdRequested: true });
      }

      expect((await store.backend.instances.get(key))?.version).toBe(1n);
    });

    it('are neither renewed nor lost by a change of the instance', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      await store.advance(ttlSeconds * 600);
      await store.backend.instances.updateStatus(key, 'DOWN', '1700000060');
      expect(await store.backend.instances.get(key)).toBeDefined();
      await store.outlive(ttlSeconds * 0.5);

      await store.until('the expiry', ({ changes }) =>
        changes.some(({ action }) => action === 'delete'),
      );
      expect(await store.backend.instances.get(key)).toBeUndefined();
    });

    it('get another time to live by a registration that asks for it', async ({ store }) => {
      const shortSeconds = await registerWithShortLease(store);
      const healthCheck = { mode: 'push', port: 0, interval: 300, times: 3, url: '' };
      const longer = await store.registerInstance(
        { healthCheck },
        { ttlSeconds: 1200, isIdRequested: true },
      );
      expect(longer.outcome).toBe('updated');
      expect(await store.backend.instances.renew(key)).toMatchObject({ ttlSeconds: 1200 });
      await store.outlive(shortSeconds);

      // The end of the old lease must not take the instance with it.
      await store.caughtUp();
      expect((await store.backend.instances.get(key))?.value.healthCheck).toEqual(healthCheck);
      expect(await store.backend.instances.renew(key)).toMatchObject({ ttlSeconds: 1200 });
    });

    it('of one instance say nothing about another', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      await store.registerInstance({ instanceId: 'lasting' }, { ttlSeconds: ttlSeconds * 100 });
      await store.outlive(ttlSeconds);
      await store.until('the expiry', ({ changes }) =>
        changes.some(({ action }) => action === 'delete'),
      );

      const left = await store.backend.instances.list(defaultTenant, 'cart-1');
      expect(left.map(({ identity }) => identity.instanceId)).toEqual(['lasting']);
    });

    it('let an expired instance register again', async ({ store }) => {
      const ttlSeconds = await registerWithShortLease(store);
      await store.outlive(ttlSeconds);
      await store.until('the expiry', ({ changes }) =>
        changes.some(({ action }) => action === 'delete'),
      );
      const again = await store.registerInstance({}, { isIdRequested: true });

      expect(again.outcome).toBe('created');
      expect((await store.backend.instances.renew(key)).isConfirmed).toBe(true);
    });

    it('of unknown instances cannot be renewed', async ({ store }) => {
      const { instances } = store.backend;
      expect(await errorNameOf(instances.renew(key))).toBe('instanceNotExists');
      await registerWithShortLease(store);

      expect(await errorNameOf(instances.renew({ ...key, serviceId: 'cart' }))).toBe(
        'instanceNotExists',
      );
      expect(
        await errorNameOf(instances.renew({ ...key, tenant: { domain: 'd', project: 'p' } })),
      ).toBe('instanceNotExists');
    });
  });
}

/** A service with one instance; returns its time to live, the shortest the store knows. */
async function registerWithShortLease(store: BackendFixture): Promise<number> {
  const ttlSeconds = store.features.minTtlSeconds;
  await store.registerService();
  await store.registerInstance({}, { ttlSeconds });
  return ttlSeconds;
}
