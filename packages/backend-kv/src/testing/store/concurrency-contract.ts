import { describe, expect } from 'vitest';

import { isAbsent, isUnchanged } from '../../store/compares.ts';
import type { KvStoreFixture, KvStoreTest } from './kv-store-fixture.ts';

/** Writers that meet. */
export function describeConcurrency(it: KvStoreTest): void {
  describe('concurrent writers', () => {
    it('of which each creates the key: one does', async ({ store }) => {
      const key = store.key('a');
      const results = await Promise.all(
        Array.from({ length: 50 }, async (_, index) =>
          store.kv.commit({
            compares: [isAbsent(key)],
            success: [{ kind: 'put', key, value: String(index) }],
            failure: [{ kind: 'get', key }],
          }),
        ),
      );

      const winners = results.filter(({ succeeded }) => succeeded);
      expect(winners).toHaveLength(1);
      const stored = await store.get('a');
      expect(stored).toMatchObject({ version: 1n, modRevision: winners[0]?.revision });
      // Whoever lost was answered with what won, not with what the store held before.
      for (const { succeeded, gets } of results) {
        if (!succeeded) expect(gets).toEqual([stored]);
      }
    });

    it('that count with compares lose nothing', async ({ store }) => {
      const writers = 8;
      const rounds = 10;
      await Promise.all(
        Array.from({ length: writers }, async () => {
          for (let round = 0; round < rounds; round++) await countUp(store);
        }),
      );

      expect((await store.get('count'))?.value).toBe(String(writers * rounds));
    });

    it('that move an amount between keys leave the sum as it is at every revision', async ({
      store,
    }) => {
      const start = await store.put('left', '100');
      await store.put('right', '0');
      const recorder = store.watch(start);
      await Promise.all(Array.from({ length: 10 }, async () => move(store, 5)));
      await recorder.reached(await store.kv.currentRevision());

      for (const { revision } of recorder.batches) {
        const sum = (await store.all(revision)).reduce(
          (total, { value }) => total + Number(value),
          0,
        );
        expect(sum).toBe(100);
      }
      expect(await store.content()).toEqual([
        ['left', '50'],
        ['right', '50'],
      ]);
    });

    it('have revisions in the order in which the watch shows them', async ({ store }) => {
      const recorder = store.watch(await store.kv.currentRevision());
      const revisions = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => store.put(`k${index % 4}`, String(index))),
      );
      await recorder.reached(await store.kv.currentRevision());

      expect(new Set(revisions).size).toBe(40);
      for (const event of recorder.events) {
        if (event.kind !== 'put') throw new Error('nothing was deleted');
        expect(revisions[Number(event.record.value)]).toBe(event.record.modRevision);
      }
    });
  });
}

async function countUp(store: KvStoreFixture): Promise<void> {
  const key = store.key('count');
  for (;;) {
    const record = await store.kv.get(key);
    const { succeeded } = await store.kv.commit({
      compares: [isUnchanged(key, record)],
      success: [{ kind: 'put', key, value: String(Number(record?.value ?? '0') + 1) }],
    });
    if (succeeded) return;
  }
}

async function move(store: KvStoreFixture, amount: number): Promise<void> {
  for (;;) {
    const keys = [store.key('left'), store.key('right')] as const;
    const [left, right] = [await store.kv.get(keys[0]), await store.kv.get(keys[1])];
    const { succeeded } = await store.kv.commit({
      compares: [isUnchanged(keys[0], left), isUnchanged(keys[1], right)],
      success: [
        { kind: 'put', key: keys[0], value: String(Number(left?.value) - amount) },
        { kind: 'put', key: keys[1], value: String(Number(right?.value) + amount) },
      ],
    });
    if (succeeded) return;
  }
}
