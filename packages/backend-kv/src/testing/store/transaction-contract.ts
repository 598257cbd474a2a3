import { describe, expect } from 'vitest';

import {
  hasNoPutSince,
  isAbsent,
  isEmptyPrefix,
  isPresent,
  isUnchanged,
} from '../../store/compares.ts';
import type { Compare } from '../../store/kv-transaction.ts';
import type { KvStoreFixture, KvStoreTest } from './kv-store-fixture.ts';

/** Transactions, revisions and versions. */
export function describeTransactions(it: KvStoreTest): void {
  describe('transactions', () => {
    it('write a key with its place in history', async ({ store }) => {
      const created = await store.put('a', '1');
      const changed = await store.put('a', '2');

      expect(changed).toBeGreaterThan(created);
      expect(await store.get('a')).toEqual({
        key: store.key('a'),
        value: '2',
        createRevision: created,
        modRevision: changed,
        version: 2n,
        lease: 0n,
      });
    });

    it('count versions anew after a deletion', async ({ store }) => {
      await store.put('a', '1');
      await store.put('a', '2');
      await store.delete('a');
      expect(await store.get('a')).toBeUndefined();
      const revision = await store.put('a', '3');

      expect(await store.get('a')).toMatchObject({
        createRevision: revision,
        modRevision: revision,
        version: 1n,
      });
    });

    it('keep any text as it is', async ({ store }) => {
      const values = ['', ' ', '{"a":"\\u003c"}', 'ключ 鍵 🔑', '\u2028\0\n', 'x'.repeat(300_000)];
      for (const value of values) {
        await store.put('Schlüssel/鍵//', value);
        expect((await store.get('Schlüssel/鍵//'))?.value).toBe(value);
      }
    });

    it('have one revision, however much they write', async ({ store }) => {
      await store.put('gone/1', 'x');
      await store.put('gone/2', 'x');
      const before = await store.kv.currentRevision();
      const { revision } = await store.kv.commit({
        compares: [],
        success: [
          { kind: 'put', key: store.key('a'), value: '1' },
          { kind: 'put', key: store.key('b'), value: '2' },
          { kind: 'deletePrefix', prefix: store.key('gone/') },
        ],
      });

      expect(revision).toBeGreaterThan(before);
      expect(await store.kv.currentRevision()).toBe(revision);
      const records = await store.all();
      expect(records.map(({ key }) => key)).toEqual([store.key('a'), store.key('b')]);
      expect(records.every(({ modRevision }) => modRevision === revision)).toBe(true);
    });

    it('that write nothing have no revision of their own', async ({ store }) => {
      const before = await store.put('a', '1');
      const read = await store.kv.commit({
        compares: [],
        success: [{ kind: 'get', key: store.key('a') }],
      });
      const idle = await store.kv.commit({
        compares: [],
        success: [
          { kind: 'delete', key: store.key('missing') },
          { kind: 'deletePrefix', prefix: store.key('missing/') },
        ],
      });

      expect([read.revision, idle.revision]).toEqual([before, before]);
      expect(await store.kv.currentRevision()).toBe(before);
    });

    it('take the branch that the compares choose, and only that', async ({ store }) => {
      await store.put('a', '1');
      for (const compare of [isPresent(store.key('a')), isAbsent(store.key('a'))]) {
        const { succeeded, gets } = await store.kv.commit({
          compares: [compare],
          success: [
            { kind: 'put', key: store.key('success'), value: 'x' },
            { kind: 'get', key: store.key('a') },
          ],
          failure: [
            { kind: 'put', key: store.key('failure'), value: 'x' },
            { kind: 'get', key: store.key('missing') },
          ],
        });
        const isPicked = compare.operator === 'notEqual';
        expect(succeeded).toBe(isPicked);
        expect(gets.map((record) => record?.value)).toEqual([isPicked ? '1' : undefined]);
        expect((await store.get(isPicked ? 'success' : 'failure'))?.value).toBe('x');
        expect(await store.get(isPicked ? 'failure' : 'success')).toBeUndefined();
        await store.delete(isPicked ? 'success' : 'failure');
      }
    });

    it('do nothing when a compare fails and there is no other branch', async ({ store }) => {
      const before = await store.put('a', '1');
      const result = await store.kv.commit({
        compares: [isPresent(store.key('a')), isAbsent(store.key('a'))],
        success: [{ kind: 'delete', key: store.key('a') }],
      });

      expect(result).toEqual({ succeeded: false, revision: before, gets: [] });
      expect((await store.get('a'))?.value).toBe('1');
    });

    it('compare revisions and versions exactly', async ({ store }) => {
      const created = await store.put('a', '1');
      const changed = await store.put('a', '2');
      const key = store.key('a');
      const missing = store.key('missing');
      const outcomes: readonly (readonly [Compare, boolean])[] = [
        [{ key, target: 'createRevision', operator: 'equal', operand: created }, true],
        [{ key, target: 'createRevision', operator: 'equal', operand: changed }, false],
        [{ key, target: 'modRevision', operator: 'equal', operand: changed }, true],
        [{ key, target: 'modRevision', operator: 'notEqual', operand: changed }, false],
        [{ key, target: 'version', operator: 'equal', operand: 2n }, true],
        [{ key, target: 'version', operator: 'notEqual', operand: 0n }, true],
        [{ key: missing, target: 'createRevision', operator: 'equal', operand: 0n }, true],
        [{ key: missing, target: 'modRevision', operator: 'equal', operand: 0n }, true],
        [{ key: missing, target: 'version', operator: 'notEqual', operand: 0n }, false],
        [isUnchanged(key, { modRevision: changed }), true],
        [isUnchanged(key, undefined), false],
        [isUnchanged(missing, undefined), true],
      ];
      for (const [compare, expected] of outcomes)
        expect(await holds(store, compare)).toBe(expected);
    });

    it('compare whether a prefix is empty', async ({ store }) => {
      await store.put('list/a', '1');
      await store.put('lists', '1');
      expect(await holds(store, isEmptyPrefix(store.key('list/')))).toBe(false);
      await store.delete('list/a');

      expect(await holds(store, isEmptyPrefix(store.key('list/')))).toBe(true);
      expect(await holds(store, isEmptyPrefix(store.key('list')))).toBe(false);
    });

    it('compare whether a prefix has had no put since a revision', async ({ store }) => {
      const before = await store.put('list/a', '1');
      await store.put('list', '1');
      await store.put('lists/a', '1');
      const prefix = store.key('list/');
      expect(await holds(store, hasNoPutSince(prefix, before))).toBe(true);
      expect(await holds(store, hasNoPutSince(prefix, before - 1n))).toBe(false);
      expect(await holds(store, hasNoPutSince(store.key('none/'), 0n))).toBe(true);
      const created = await store.put('list/b', '1');
      expect(await holds(store, hasNoPutSince(prefix, before))).toBe(false);
      expect(await holds(store, hasNoPutSince(prefix, created))).toBe(true);
      const changed = await store.put('list/a', '2');
      expect(await holds(store, hasNoPutSince(prefix, created))).toBe(false);
      await store.delete('list/a');

      // What is gone does not count: readers that must know compare the key itself.
      expect(await holds(store, hasNoPutSince(prefix, created))).toBe(true);
      expect(await holds(store, hasNoPutSince(prefix, changed))).toBe(true);
    });

    it('that write together after the same reading get through one at a time', async ({
      store,
    }) => {
      const revision = await store.put('list/a', '1');
      const results = await Promise.all(
        ['b', 'c', 'd'].map((name) =>
          store.kv.commit({
            compares: [hasNoPutSince(store.key('list/'), revision)],
            success: [{ kind: 'put', key: store.key(`list/${name}`), value: '1' }],
          }),
        ),
      );

      expect(results.filter(({ succeeded }) => succeeded)).toHaveLength(1);
      expect((await store.all()).map(({ key }) => key)).toHaveLength(2);
    });

    it('delete exactly the keys that start with a prefix', async ({ store }) => {
      for (const name of ['p', 'p/', 'p/a', 'p/a/b', 'p0', 'pp/a', 'q/p/']) {
        await store.put(name, name);
      }
      await store.kv.commit({
        compares: [],
        success: [{ kind: 'deletePrefix', prefix: store.key('p/') }],
      });

      const names = (await store.content()).map(([name]) => name);
      expect(names).toEqual(['p', 'p0', 'pp/a', 'q/p/']);
    });

    it('answer their reads in the order of the operations', async ({ store }) => {
      await store.put('a', '1');
      const { gets } = await store.kv.commit({
        compares: [],
        success: ['b', 'a', 'a'].map((name) => ({ kind: 'get', key: store.key(name) })),
      });

      expect(gets.map((record) => record?.value)).toEqual([undefined, '1', '1']);
    });
  });
}

async function holds(store: KvStoreFixture, compare: Compare): Promise<boolean> {
  const { succeeded } = await store.kv.commit({ compares: [compare], success: [] });
  return succeeded;
}
