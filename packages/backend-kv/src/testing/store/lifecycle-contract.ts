import { ServiceCenterError } from '@service-center/sdcommon';
import { firstValueFrom } from 'rxjs';
import { describe, expect } from 'vitest';

import type { KvStoreTest } from './kv-store-fixture.ts';

/** Health, closing and opening again. */
export function describeLifecycle(it: KvStoreTest): void {
  describe('a store', () => {
    it('that works says so', async ({ store }) => {
      await store.put('a', '1');

      expect(await firstValueFrom(store.kv.health$)).toEqual({ status: 'up' });
    });

    it('completes its watches when it is closed', async ({ store }) => {
      const recorder = store.watch(await store.kv.currentRevision());
      await recorder.reached(await store.put('a', '1'));
      await store.kv.close();

      expect(await recorder.ended()).toEqual({ kind: 'completed' });
    });

    it('finishes what is under way when it is closed, or refuses it', async ({ store }) => {
      const writing = Array.from({ length: 20 }, async (_, index) => store.put(`k${index}`, 'x'));
      await store.kv.close();

      for (const outcome of await Promise.allSettled(writing)) {
        if (outcome.status === 'fulfilled') continue;
        expect(ServiceCenterError.is(outcome.reason, 'unavailableBackend')).toBe(true);
      }
    });

    it('that is closed refuses everything and holds on to nothing', async ({ store }) => {
      const { id } = await store.kv.grantLease(60);
      await store.put('a', '1', id);
      await store.kv.close();
      await store.kv.close();

      const calls = [
        store.kv.get(store.key('a')),
        store.kv.range({ prefix: store.prefix }),
        store.put('b', '1'),
        store.kv.grantLease(60),
        store.kv.renewLease(id),
        store.kv.currentRevision(),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome.status).toBe('rejected');
        const reason: unknown = outcome.status === 'rejected' && outcome.reason;
        expect(ServiceCenterError.is(reason, 'unavailableBackend')).toBe(true);
      }
      expect(store.pendingTimers ?? 0).toBe(0);
    });
  });
}

/** What a store that keeps its data itself owes to whoever comes back. */
export function describeReopening(it: KvStoreTest): void {
  describe('a store that is opened again', () => {
    it('has everything it answered, in the same history', async ({ store }) => {
      const { minTtlSeconds } = store.features;
      const { id } = await store.kv.grantLease(minTtlSeconds);
      await store.put('leased', '1', id);
      await store.put('a', '1');
      const revision = await store.put('a', '2');
      const { epoch } = store.kv;
      const before = await store.all();
      await store.reopen();

      expect(store.kv.epoch).toBe(epoch);
      expect(await store.kv.currentRevision()).toBe(revision);
      expect(await store.all()).toEqual(before);
      expect(await store.kv.renewLease(id)).toBe(minTtlSeconds);
      expect(await store.put('a', '3')).toBeGreaterThan(revision);

      const recorder = store.watch(await store.kv.currentRevision());
      await store.outlive(minTtlSeconds);
      await recorder.until(() => recorder.events.length > 0);
      expect(recorder.events).toMatchObject([{ kind: 'delete', key: store.key('leased') }]);
    });

    it('keeps what was written by many at once', async ({ store }) => {
      const writing = Array.from({ length: 200 }, async (_, index) => store.put(`k${index}`, 'x'));
      await Promise.all(writing);
      const before = await store.all();
      await store.reopen();

      expect(await store.all()).toEqual(before);
      expect(before).toHaveLength(200);
    });

    it('never uses a revision again', async ({ store }) => {
      const { id } = await store.kv.grantLease(60);
      await store.put('leased', '1', id);
      const revoked = await store.kv.revokeLease(id);
      await store.reopen();

      // The last change removed everything, so nothing that is stored shows how far history went.
      expect(await store.kv.currentRevision()).toBe(revoked);
      expect(await store.put('a', '1')).toBeGreaterThan(revoked ?? 0n);
    });
  });
}
