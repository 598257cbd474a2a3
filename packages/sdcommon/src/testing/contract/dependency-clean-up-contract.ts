import { describe, expect } from 'vitest';

import { anyService, anyVersion } from '../../model/dependency.ts';
import { defaultTenant } from '../../model/tenant.ts';
import type { BackendTest } from './backend-fixture.ts';
import {
  applyAll,
  cart,
  enqueue,
  keyOf,
  otherTenant,
  price,
  rules,
  stock,
} from './dependency-sample.ts';

/** Rules that name services which are gone (spec 02 §1.6, spec 04 §2.5). */
export function describeDependencyCleanUp(it: BackendTest): void {
  describe('dependency rules that are cleaned up', () => {
    it('lose the services that no longer exist, and only those', async ({ store }) => {
      const environment = 'production';
      await store.registerService({ environment });
      await store.registerService({ environment, serviceId: 'p', serviceName: 'price' });
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      await enqueue(store, 'a-1', 'add', keyOf('a'), [keyOf(anyService, '')]);
      await applyAll(store);
      await store.shown(store.backend.dependencies.cleanUp(defaultTenant));

      const { 'c cart 1.0.0': providers, 'p price 0.0.0+': consumers } = await rules(store);
      expect(providers).toEqual(['price 0.0.0+']);
      expect(consumers).toEqual(['cart 1.0.0']);
      const left = await store.stored('DEPENDENCY_RULE');
      expect(left.map(({ identity }) => `${identity.side} ${identity.serviceName}`)).toEqual(
        expect.arrayContaining(['c cart', 'p price', `p ${anyService}`]),
      );
      expect(left.some(({ identity }) => identity.serviceName === 'stock')).toBe(false);
    });

    it('keep a provider that is known by its alias', async ({ store }) => {
      const environment = 'production';
      await store.registerService({ environment });
      await store.registerService({
        environment,
        serviceId: 'p',
        serviceName: 'price-service',
        alias: 'price',
      });
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await applyAll(store);
      const before = await rules(store);
      await store.backend.dependencies.cleanUp(defaultTenant);

      expect(await rules(store)).toEqual(before);
    });

    it('of one tenant leave the others alone', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await applyAll(store);
      const before = await rules(store);
      await store.backend.dependencies.cleanUp(otherTenant);
      expect(await rules(store)).toEqual(before);
      await store.backend.dependencies.cleanUp(defaultTenant);

      expect(await rules(store)).toEqual({});
    });

    it('forget a deleted service on both sides', async ({ store }) => {
      const environment = 'production';
      await store.registerService({ environment });
      await store.registerService({ environment, serviceId: 'p', serviceName: 'price' });
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'p', 'add', keyOf('price'), [keyOf('cart', anyVersion)]);
      await applyAll(store);
      await store.backend.services.delete(defaultTenant, 'p', false);
      await applyAll(store);
      await store.backend.dependencies.cleanUp(defaultTenant);

      expect(await rules(store)).toEqual({});
    });
  });
}
