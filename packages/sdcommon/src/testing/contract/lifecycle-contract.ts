import { firstValueFrom } from 'rxjs';
import { describe, expect } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import { ServiceCenterError } from '../../model/service-center-error.ts';
import type { Change } from '../../source/change.ts';
import { errorNameOf, type BackendTest } from './backend-fixture.ts';

const instanceKey = { tenant: defaultTenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };

/** Health, restart and close of a backend (design §3.4, §3.6; spec 03 §12.7 I16). */
export function describeLifecycle(it: BackendTest): void {
  describe('health', () => {
    it('is told at once', async ({ store }) => {
      expect(await firstValueFrom(store.backend.health$)).toEqual({ status: 'up' });
    });
  });

  describe('restart', () => {
    it('keeps everything that was acknowledged', async ({ store }) => {
      await store.registerService({ alias: 'basket' });
      await store.registerInstance();
      await store.backend.tags.replaceAll(defaultTenant, 'cart-1', { zone: 'a' });
      const schema = { schemaId: 'first', summary: 'digest', schema: 'text' };
      await store.backend.schemas.put(defaultTenant, 'cart-1', schema, 10);
      const position = await store.caughtUp();
      const before = await store.list();
      await store.reopen();

      expect(await store.list()).toEqual(before);
      expect(await store.position()).toEqual(position);
      expect(await store.backend.schemas.get(defaultTenant, 'cart-1', 'first')).toEqual(schema);
    });

    it('lets followers continue where they were, or tells them to list again', async ({
      store,
    }) => {
      await store.registerService();
      const early = await store.caughtUp();
      await store.registerInstance();
      const late = await store.caughtUp();
      await store.reopen();
      const fromEarly = store.record(store.backend.feed, early);
      const fromLate = store.record(store.backend.feed, late);
      const { position: end } = await store.backend.instances.unregister(instanceKey);
      await fromLate.reached(end);

      expect(fromLate.changes.map(outline)).toEqual(['delete INSTANCE']);
      if (store.features.keepsHistory) {
        await fromEarly.reached(end);
        expect(fromEarly.changes.map(outline)).toEqual(['put INSTANCE', 'delete INSTANCE']);
      } else {
        expect(await fromEarly.ended()).toMatchObject({ error: { positionLost: true } });
      }
    });

    it('keeps leases alive', async ({ store }) => {
      const ttlSeconds = store.features.minTtlSeconds;
      await store.registerService();
      await store.registerInstance({}, { ttlSeconds });
      await store.caughtUp();
      await store.reopen();

      expect(await store.backend.instances.renew(instanceKey)).toEqual({
        isConfirmed: true,
        ttlSeconds,
      });
      await store.outlive(ttlSeconds);
      await store.until('the expiry', ({ changes }) =>
        changes.some(({ action }) => action === 'delete'),
      );
      expect(await store.backend.instances.get(instanceKey)).toBeUndefined();
    });

    it('counts revisions on', async ({ store }) => {
      const { position } = await store.registerService();
      await store.caughtUp();
      await store.reopen();
      const next = await store.registerInstance();

      expect(next.position.epoch).toBe(position.epoch);
      expect(next.position.order).toBeGreaterThan(position.order);
    });
  });

  describe('close', () => {
    it('completes the sessions', async ({ store }) => {
      const feed = store.record(store.backend.feed, await store.position());
      const view = store.record(store.backend.listWatch('SERVICE'), await store.position());
      await store.close();

      expect(await feed.ended()).toEqual({ kind: 'completed' });
      expect(await view.ended()).toEqual({ kind: 'completed' });
    });

    it('may be called again, and leaves nothing behind', async ({ store }) => {
      await store.registerService();
      await store.registerInstance();
      await store.backend.lock('work', { ttlSeconds: 60, signal: store.signal });
      store.record(store.backend.feed, await store.position());
      await Promise.all([store.close(), store.close()]);
      await store.backend[Symbol.asyncDispose]();

      expect(store.pendingTimers ?? 0).toBe(0);
    });

    it('keeps what was written before', async ({ store }) => {
      const writes = Array.from({ length: 50 }, (_, index) =>
        store.registerService({ serviceId: `s${index}`, serviceName: `name-${index}` }),
      );
      const outcomes = Promise.allSettled(writes);
      await store.reopen();

      const ids = new Set(
        (await store.backend.services.list(defaultTenant)).map(
          ({ identity }) => identity.serviceId,
        ),
      );
      for (const outcome of await outcomes) {
        if (outcome.status === 'fulfilled') expect(ids).toContain(outcome.value.serviceId);
        else expect(outcome.reason).toBeInstanceOf(ServiceCenterError);
      }
    });

    it('ends what waits, and refuses what comes after', async ({ store }) => {
      const { backend, signal } = store;
      await store.registerService();
      await backend.lock('work', { ttlSeconds: 60, signal });
      const waiting = backend.lock('work', { ttlSeconds: 60, signal });
      const refused = errorNameOf(waiting);
      await store.close();

      expect(await refused).toBe('unavailableBackend');
      expect(await errorNameOf(store.registerService({ serviceName: 'late' }))).toBe(
        'unavailableBackend',
      );
      expect(await errorNameOf(backend.services.list(defaultTenant))).toBe('unavailableBackend');
      expect(await errorNameOf(backend.position(signal))).toBe('unavailableBackend');
      expect(await errorNameOf(backend.tryLock('other', { ttlSeconds: 60, signal }))).toBe(
        'unavailableBackend',
      );
    });
  });
}

function outline({ action, type }: Change): string {
  return `${action} ${type}`;
}
