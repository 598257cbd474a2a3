import { describe, expect } from 'vitest';

import { anyService, anyVersion } from '../../model/dependency.ts';
import { defaultTenant, formatTenant } from '../../model/tenant.ts';
import type { BackendTest } from './backend-fixture.ts';
import {
  applyAll,
  cart,
  enqueue,
  keyOf,
  oldestOf,
  otherTenant,
  price,
  queued,
  rules,
  stock,
} from './dependency-sample.ts';

/** Both sides of dependencies, and how queued changes are applied to them (spec 02 §1.6, spec 04 §2.4 to §2.6). */
export function describeDependencyRules(it: BackendTest): void {
  describe('dependency rules', () => {
    it('name the providers of a consumer and the consumers of a provider', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      await applyAll(store);

      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 0.0.0+', 'stock 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
      const [consumerSide] = await store.stored('DEPENDENCY_RULE');
      expect(consumerSide).toMatchObject({
        identity: {
          side: 'c',
          tenant: defaultTenant,
          environment: 'production',
          appId: 'shop',
          serviceName: 'cart',
          version: '1.0.0',
        },
        value: { Dependency: [price, stock] },
      });
    });

    it('and the queue change in one transaction', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      const before = await store.caughtUp();
      const recorder = store.record(store.backend.feed, before);
      await recorder.reached(await applyAll(store));

      const showing = recorder.responses.filter(({ changes }) => changes.length > 0);
      expect(showing).toHaveLength(1);
      expect(showing[0]?.changes.map(({ action, type }) => `${action} ${type}`).toSorted()).toEqual(
        [
          'delete DEPENDENCY_QUEUE',
          'put DEPENDENCY_RULE',
          'put DEPENDENCY_RULE',
          'put DEPENDENCY_RULE',
        ],
      );
    });

    it('grow by an addition', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);
      await enqueue(store, 'a-1', 'add', keyOf('a'), [price]);
      await applyAll(store);

      const { 'c cart 1.0.0': providers, ...others } = await rules(store);
      expect(providers?.toSorted()).toEqual(['price 0.0.0+', 'stock 0.0.0+']);
      expect(others).toEqual({
        'c a 1.0.0': ['price 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0', 'a 1.0.0'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('change their version by an addition of the same name', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [keyOf('price', '1.0.0+')]);
      await enqueue(store, 'cart-1', 'add', cart, [keyOf('price', '1.0.0-3.0.0')]);
      await applyAll(store);

      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 1.0.0-3.0.0'],
        'p price 1.0.0-3.0.0': ['cart 1.0.0'],
      });
    });

    it('are replaced by an override, and gone when it names none', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price, stock]);
      await enqueue(store, 'cart-1', 'override', cart, [stock, keyOf('mail', anyVersion)]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['stock 0.0.0+', 'mail 0.0.0+'],
        'p stock 0.0.0+': ['cart 1.0.0'],
        'p mail 0.0.0+': ['cart 1.0.0'],
      });
      await enqueue(store, 'cart-1', 'override', cart, []);
      await applyAll(store);

      expect(await rules(store)).toEqual({});
    });

    it('may name every service', async ({ store }) => {
      const everything = keyOf(anyService, '');
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'cart-1', 'add', cart, [everything]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored).toHaveLength(2);
      expect(stored.find(({ identity }) => identity.side === 'p')).toMatchObject({
        identity: { tenant: defaultTenant, environment: 'production', serviceName: anyService },
        value: { Dependency: [cart] },
      });
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['price 0.0.0+'],
        'p price 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('belong to the tenant of the queue when the keys name none', async ({ store }) => {
      const nowhere = { tenant: '' };
      await store.backend.dependencies.enqueue([
        {
          ...queued('cart-1', 'add', { ...cart, ...nowhere }, [{ ...price, ...nowhere }]),
          tenant: otherTenant,
        },
      ]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored.map(({ identity }) => [identity.side, identity.tenant])).toEqual([
        ['c', otherTenant],
        ['p', otherTenant],
      ]);
      expect(stored[0]?.value.Dependency[0]?.tenant).toBe(formatTenant(otherTenant));
    });

    it('may cross tenants', async ({ store }) => {
      const foreign = { ...price, tenant: formatTenant(otherTenant) };
      await enqueue(store, 'cart-1', 'add', cart, [foreign]);
      await applyAll(store);

      const stored = await store.stored('DEPENDENCY_RULE');
      expect(stored.map(({ identity }) => [identity.side, identity.tenant])).toEqual([
        ['c', defaultTenant],
        ['p', otherTenant],
      ]);
    });

    it('stay the same when a change is applied twice', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      const change = await oldestOf(store);
      await store.backend.dependencies.apply(change);
      const applied = await rules(store);
      await store.backend.dependencies.apply(change);

      expect(await rules(store)).toEqual(applied);
      expect(await store.backend.dependencies.listQueue()).toEqual([]);
    });

    it('follow a change that was rewritten while it was applied', async ({ store }) => {
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      const outdated = await oldestOf(store);
      await enqueue(store, 'cart-1', 'override', cart, [stock]);
      await store.backend.dependencies.apply(outdated);

      expect(await store.backend.dependencies.listQueue()).toMatchObject([
        { value: { providers: [stock] } },
      ]);
      await applyAll(store);
      expect(await rules(store)).toEqual({
        'c cart 1.0.0': ['stock 0.0.0+'],
        'p stock 0.0.0+': ['cart 1.0.0'],
      });
    });

    it('are not held up by a change that names no consumer', async ({ store }) => {
      await store.backend.dependencies.enqueue([
        {
          tenant: defaultTenant,
          serviceId: 'cart-1',
          kind: 'add',
          dependency: { consumer: undefined, providers: [price], override: false },
        },
      ]);
      await applyAll(store);

      expect(await store.backend.dependencies.listQueue()).toEqual([]);
      expect(await rules(store)).toEqual({});
    });

    it('may be more than fit into one request of a store', async ({ store }) => {
      const providers = Array.from({ length: 150 }, (_, index) =>
        keyOf(`provider-${index}`, anyVersion),
      );
      await enqueue(store, 'cart-1', 'add', cart, providers);
      await applyAll(store);
      expect(await store.stored('DEPENDENCY_RULE')).toHaveLength(151);
      await enqueue(store, 'cart-1', 'override', cart, []);
      await applyAll(store);

      expect(await rules(store)).toEqual({});
    });
  });
}
