import { describe, expect } from 'vitest';

import { ServiceCenterError } from '../../model/service-center-error.ts';
import type { BackendTest } from './backend-fixture.ts';

/** Locks over all servers of a store (spec 02 §1.5). */
export function describeLocks(it: BackendTest): void {
  describe('locks', () => {
    it('are held by one at a time', async ({ store }) => {
      const { backend, signal } = store;
      const held = await backend.tryLock('work', { ttlSeconds: 60, signal });

      expect(held).toBeDefined();
      expect(await backend.tryLock('work', { ttlSeconds: 60, signal })).toBeUndefined();
      await held?.release();
      expect(await backend.tryLock('work', { ttlSeconds: 60, signal })).toBeDefined();
    });

    it('are taken by one of many that try at once', async ({ store }) => {
      const { backend, signal } = store;
      const locks = await Promise.all(
        Array.from({ length: 20 }, () => backend.tryLock('work', { ttlSeconds: 60, signal })),
      );

      expect(locks.filter((lock) => lock !== undefined)).toHaveLength(1);
    });

    it('of different names do not meet', async ({ store }) => {
      const { backend, signal } = store;
      await backend.tryLock('work', { ttlSeconds: 60, signal });

      expect(await backend.tryLock('work2', { ttlSeconds: 60, signal })).toBeDefined();
      expect(await backend.tryLock('/work', { ttlSeconds: 60, signal })).toBeDefined();
    });

    it('are handed to whoever waits', async ({ store }) => {
      const { backend, signal } = store;
      const order: string[] = [];
      const first = await backend.lock('work', { ttlSeconds: 60, signal });
      const waiting = ['a', 'b', 'c'].map(async (name) => {
        const lock = await backend.lock('work', { ttlSeconds: 60, signal });
        order.push(`${name} takes`);
        order.push(`${name} gives`);
        await lock.release();
      });
      expect(order).toEqual([]);
      await first.release();
      await Promise.all(waiting);

      expect(order.map((line) => line.split(' ')[1])).toEqual([
        'takes',
        'gives',
        'takes',
        'gives',
        'takes',
        'gives',
      ]);
      expect(new Set(order.map((line) => line.split(' ')[0])).size).toBe(3);
    });

    it('of a holder that died are free after their time', async ({ store }) => {
      const { backend, signal } = store;
      const ttlSeconds = store.features.minTtlSeconds;
      const dead = await backend.lock('work', { ttlSeconds, signal });
      const waiting = backend.lock('work', { ttlSeconds: 60, signal });
      await store.outlive(ttlSeconds);
      const next = await waiting;

      await expect(dead.renew()).rejects.toBeInstanceOf(ServiceCenterError);
      // What is lost already must not be taken from the next holder.
      await dead.release();
      expect(await backend.tryLock('work', { ttlSeconds: 60, signal })).toBeUndefined();
      await next.release();
    });

    it('are kept by renewing', async ({ store }) => {
      const { backend, signal } = store;
      const ttlSeconds = store.features.minTtlSeconds;
      const held = await backend.lock('work', { ttlSeconds, signal });
      for (let beat = 0; beat < 4; beat++) {
        await store.advance(ttlSeconds * 500);
        await held.renew();
      }

      expect(await backend.tryLock('work', { ttlSeconds, signal })).toBeUndefined();
    });

    it('without a time to live last a minute', async ({ store }) => {
      const { backend, signal } = store;
      await backend.lock('work', { ttlSeconds: 0, signal });
      await store.advance(1000 * Math.min(50, store.features.minTtlSeconds * 2));

      expect(await backend.tryLock('work', { ttlSeconds: 60, signal })).toBeUndefined();
    });

    it('can be given back twice', async ({ store }) => {
      const { backend, signal } = store;
      const held = await backend.lock('work', { ttlSeconds: 60, signal });
      await held.release();
      await held.release();
      const next = await backend.tryLock('work', { ttlSeconds: 60, signal });

      await held.release();
      expect(next).toBeDefined();
      expect(await backend.tryLock('work', { ttlSeconds: 60, signal })).toBeUndefined();
      await expect(held.renew()).rejects.toBeInstanceOf(ServiceCenterError);
    });

    it('are no longer waited for once the signal is aborted', async ({ store }) => {
      const { backend } = store;
      const held = await backend.lock('work', { ttlSeconds: 60, signal: store.signal });
      const abort = new AbortController();
      const waiting = backend.lock('work', { ttlSeconds: 60, signal: abort.signal });
      const reason = new Error('enough');
      abort.abort(reason);

      await expect(waiting).rejects.toBe(reason);
      await held.release();
      const free = await backend.tryLock('work', { ttlSeconds: 60, signal: store.signal });
      expect(free).toBeDefined();
    });

    it('are no resource that a list or the feed shows', async ({ store }) => {
      const after = await store.position();
      const recorder = store.record(store.backend.feed, after);
      await store.backend.lock('work', { ttlSeconds: 60, signal: store.signal });
      const { position } = await store.registerService();
      await recorder.reached(position);

      expect(recorder.changes.map(({ type }) => type).toSorted()).toEqual([
        'SERVICE',
        'SERVICE_INDEX',
      ]);
    });
  });
}
