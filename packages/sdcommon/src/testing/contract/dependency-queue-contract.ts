import { describe, expect } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import type { BackendTest } from './backend-fixture.ts';
import { cart, enqueue, keyOf, otherTenant, price, queued, stock } from './dependency-sample.ts';

/** The queue of changes of dependencies (spec 02 §1.1 and §1.6, spec 04 §2.5). */
export function describeDependencyQueue(it: BackendTest): void {
  describe('dependency queue', () => {
    it('lists what waits, oldest change first', async ({ store }) => {
      await enqueue(store, 'cart-1', 'add', cart, [price]);
      await enqueue(store, 'a-1', 'override', keyOf('a'), [price]);
      await enqueue(store, 'b-1', 'find', keyOf('b'), [price]);
      await enqueue(store, 'cart-1', 'add', cart, [stock]);

      const waiting = await store.backend.dependencies.listQueue();
      expect(waiting.map(({ identity }) => identity.serviceId)).toEqual([
        'cart-1',
        'a-1',
        'b-1',
        'cart-1',
      ]);
      expect(waiting[0]).toMatchObject({
        identity: { tenant: defaultTenant },
        value: { consumer: cart, providers: [price], override: false },
      });
      expect(await store.stored('DEPENDENCY_QUEUE')).toHaveLength(4);
    });

    it('holds one override of a consumer, the last one, at its place in time', async ({
      store,
    }) => {
      await enqueue(store, 'cart-1', 'override', cart, [price]);
      await enqueue(store, 'a-1', 'add', keyOf('a'), [price]);
      await enqueue(store, 'cart-1', 'override', cart, [stock]);

      expect(await store.backend.dependencies.listQueue()).toMatchObject([
        { identity: { serviceId: 'a-1' } },
        { identity: { serviceId: 'cart-1' }, value: { providers: [stock], override: true } },
      ]);
    });

    it('holds one find of the same provider by the same consumer', async ({ store }) => {
      await enqueue(store, 'cart-1', 'find', cart, [price]);
      const before = await store.position();
      await enqueue(store, 'cart-1', 'find', cart, [price]);
      expect(await store.position()).toEqual(before);
      await enqueue(store, 'cart-1', 'find', cart, [stock]);
      await enqueue(store, 'a-1', 'find', keyOf('a'), [price]);

      expect(await store.backend.dependencies.listQueue()).toHaveLength(3);
    });

    it('takes several changes in one transaction', async ({ store }) => {
      const { position } = await store.shown(
        store.backend.dependencies.enqueue([
          queued('cart-1', 'override', cart, [price]),
          queued('a-1', 'add', keyOf('a'), [price]),
          { ...queued('b-1', 'add', keyOf('b'), [price]), tenant: otherTenant },
        ]),
      );

      const waiting = await store.stored('DEPENDENCY_QUEUE', position);
      expect(waiting).toHaveLength(3);
      expect(new Set(waiting.map(({ modRevision }) => modRevision)).size).toBe(1);
    });
  });
}
