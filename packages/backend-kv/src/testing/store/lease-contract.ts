import { describe, expect } from 'vitest';

import type { KvStoreTest } from './kv-store-fixture.ts';

const unknownLease = 4_611_686_018_427_387_904n;

/** Leases and the keys that hang on them. */
export function describeLeases(it: KvStoreTest): void {
  describe('leases', () => {
    it('are told apart, and keep the time to live that was asked for', async ({ store }) => {
      const first = await store.kv.grantLease(60);
      const second = await store.kv.grantLease(90);

      expect(first.id).not.toBe(second.id);
      expect(first.id).not.toBe(0n);
      expect([first.ttlSeconds, second.ttlSeconds]).toEqual([60, 90]);
      expect(await store.kv.renewLease(second.id)).toBe(90);
    });

    it('are shown by the keys that hang on them', async ({ store }) => {
      const { id } = await store.kv.grantLease(60);
      await store.put('a', '1', id);

      expect((await store.get('a'))?.lease).toBe(id);
    });

    it('take all their keys with them when they are revoked, in one revision', async ({
      store,
    }) => {
      const { id } = await store.kv.grantLease(60);
      await store.put('a', '1', id);
      await store.put('b', '1', id);
      const before = await store.put('c', '1');
      const recorder = store.watch(before);
      const revision = await store.kv.revokeLease(id);
      await recorder.until(() => recorder.events.length > 0);

      expect(revision).toBeGreaterThanOrEqual(before + 1n);
      expect(await store.content()).toEqual([['c', '1']]);
      expect(recorder.batches.filter(({ events }) => events.length > 0)).toHaveLength(1);
      expect(recorder.events).toHaveLength(2);
      for (const event of recorder.events) {
        expect(event).toMatchObject({ kind: 'delete', cause: 'unregister' });
        expect(event.previous?.value).toBe('1');
      }
    });

    it('that are revoked are gone', async ({ store }) => {
      const { id } = await store.kv.grantLease(60);
      await store.kv.revokeLease(id);

      expect(await store.kv.renewLease(id)).toBeUndefined();
      expect(await store.kv.revokeLease(id)).toBeUndefined();
      await expect(store.put('a', '1', id)).rejects.toThrow();
      expect(await store.get('a')).toBeUndefined();
    });

    it('that never were cannot be used', async ({ store }) => {
      const before = await store.kv.currentRevision();
      expect(await store.kv.renewLease(unknownLease)).toBeUndefined();
      expect(await store.kv.revokeLease(unknownLease)).toBeUndefined();
      const writing = store.kv.commit({
        compares: [],
        success: [
          { kind: 'put', key: store.key('a'), value: '1' },
          { kind: 'put', key: store.key('b'), value: '1', lease: unknownLease },
        ],
      });

      await expect(writing).rejects.toThrow();
      expect(await store.content()).toEqual([]);
      expect(await store.kv.currentRevision()).toBe(before);
    });

    it('run out with their keys when nobody renews them', async ({ store }) => {
      const { minTtlSeconds } = store.features;
      const { id } = await store.kv.grantLease(minTtlSeconds);
      const before = await store.put('a', '1', id);
      const recorder = store.watch(before);
      await store.outlive(minTtlSeconds);
      await recorder.until(() => recorder.events.length > 0);

      expect(recorder.events).toMatchObject([
        { kind: 'delete', key: store.key('a'), cause: store.causeOfExpiry },
      ]);
      expect(recorder.events[0]?.previous?.value).toBe('1');
      expect(await store.get('a')).toBeUndefined();
      expect(await store.kv.renewLease(id)).toBeUndefined();
    });

    it('live as long as they are renewed', async ({ store }) => {
      const { minTtlSeconds } = store.features;
      const { id } = await store.kv.grantLease(minTtlSeconds);
      await store.put('a', '1', id);
      for (let beat = 0; beat < 6; beat++) {
        await store.advance(minTtlSeconds * 500);
        expect(await store.kv.renewLease(id)).toBe(minTtlSeconds);
      }

      expect(await store.get('a')).toBeDefined();
    });

    it('let go of a key that is put under another lease, or under none', async ({ store }) => {
      const first = await store.kv.grantLease(60);
      const second = await store.kv.grantLease(60);
      await store.put('moved', '1', first.id);
      await store.put('freed', '1', first.id);
      await store.put('moved', '2', second.id);
      await store.put('freed', '2');
      await store.kv.revokeLease(first.id);
      expect(await store.content()).toEqual([
        ['freed', '2'],
        ['moved', '2'],
      ]);

      await store.kv.revokeLease(second.id);
      expect(await store.content()).toEqual([['freed', '2']]);
      expect((await store.get('freed'))?.lease).toBe(0n);
    });

    it('let go of a key that is deleted and put again', async ({ store }) => {
      const { id } = await store.kv.grantLease(60);
      await store.put('a', '1', id);
      await store.delete('a');
      await store.put('a', '2');
      await store.kv.revokeLease(id);

      expect((await store.get('a'))?.value).toBe('2');
    });
  });
}
