import { WatchError } from '@service-center/sdcommon';
import { describe, expect } from 'vitest';

import type { KvStoreFixture, KvStoreTest } from './kv-store-fixture.ts';

/** Ranges, and their pages at one revision. */
export function describeRanges(it: KvStoreTest): void {
  describe('ranges', () => {
    it('are in the byte order of the keys', async ({ store }) => {
      // U+FF5E comes before U+1F511 in bytes, and after it in the units of JavaScript's strings.
      const names = ['a', 'a/', 'a//b', 'a/b', 'a0', 'b', 'ä', '\uff5e', '\u{1f511}'];
      for (const name of names.toReversed()) await store.put(name, name);

      expect(await store.content()).toEqual(names.map((name) => [name, name]));
    });

    it('hold only what starts with the prefix', async ({ store }) => {
      for (const name of ['p', 'p/', 'p/a', 'p0']) await store.put(name, name);
      const { records, hasMore } = await store.kv.range({ prefix: store.key('p/') });

      expect(records.map(({ value }) => value)).toEqual(['p/', 'p/a']);
      expect(hasMore).toBe(false);
      expect((await store.kv.range({ prefix: store.key('none') })).records).toEqual([]);
    });

    it('come in pages that say whether more follows', async ({ store }) => {
      const names = ['a', 'b', 'c', 'd'];
      for (const name of names) await store.put(name, name);
      const { prefix } = store;
      const first = await store.kv.range({ prefix, limit: 3 });
      const second = await store.kv.range({ prefix, limit: 3, afterKey: store.key('c') });
      const exact = await store.kv.range({ prefix, limit: 4 });
      const beyond = await store.kv.range({ prefix, afterKey: store.key('d') });

      expect([first, second, exact, beyond].map(({ hasMore }) => hasMore)).toEqual([
        true,
        false,
        false,
        false,
      ]);
      expect(first.records.map(({ value }) => value)).toEqual(['a', 'b', 'c']);
      expect(second.records.map(({ value }) => value)).toEqual(['d']);
      expect(exact.records).toHaveLength(4);
      expect(beyond.records).toEqual([]);
    });

    it('fit together when their pages are read at one revision', async ({ store }) => {
      const names = Array.from({ length: 30 }, (_, index) => `k${String(index).padStart(2, '0')}`);
      for (const name of names) await store.put(name, 'old');
      const read: string[] = [];
      let page = await store.kv.range({ prefix: store.prefix, limit: 7 });
      const { revision } = page;
      for (;;) {
        for (const { key, value } of page.records) {
          expect(value).toBe('old');
          read.push(key.slice(store.prefix.length));
        }
        if (!page.hasMore) break;
        // Between two pages everything changes: what was read, what is to be read, and the keys themselves.
        for (const name of names) await store.put(name, 'new');
        await store.delete(names[read.length % names.length] ?? '');
        await store.put(`k${read.length}-added`, 'new');
        const afterKey = page.records.at(-1)?.key ?? '';
        page = await store.kv.range({
          prefix: store.prefix,
          limit: 7,
          afterKey,
          atRevision: revision,
        });
        expect(page.revision).toBe(revision);
      }

      expect(read).toEqual(names);
    });

    it('at an older revision are what they were then', async ({ store }) => {
      const history: { readonly revision: bigint; readonly content: unknown }[] = [];
      const remember = async (revision: bigint): Promise<void> => {
        history.push({ revision, content: await store.all() });
      };
      await remember(await store.put('a', '1'));
      await remember(await store.put('b', '1'));
      await remember(await store.put('a', '2'));
      await remember(await store.delete('b'));
      await remember(await store.put('b', '2'));
      await remember(await store.delete('a'));

      for (const { revision, content } of history) {
        expect(await store.all(revision)).toEqual(content);
      }
    });

    it('at a compacted revision are refused', async ({ store }) => {
      const old = await store.put('a', '1');
      const kept = await store.put('a', '2');
      await store.put('a', '3');
      await store.kv.compact(kept);

      expect(await store.content(kept)).toEqual([['a', '2']]);
      expect(await rangeError(store, old)).toBe('compacted');
    });

    it('at a revision beyond the end are refused', async ({ store }) => {
      const revision = await store.put('a', '1');

      expect(await rangeError(store, revision + 1_000_000n)).toBe('invalidPosition');
    });

    it('can be given up', async ({ store }) => {
      const reason = new Error('enough');
      const reading = store.kv.range({ prefix: store.prefix, signal: AbortSignal.abort(reason) });

      await expect(reading).rejects.toBe(reason);
    });
  });
}

async function rangeError(store: KvStoreFixture, atRevision: bigint): Promise<unknown> {
  try {
    await store.all(atRevision);
    return 'no error';
  } catch (error) {
    return error instanceof WatchError ? error.reason : error;
  }
}
