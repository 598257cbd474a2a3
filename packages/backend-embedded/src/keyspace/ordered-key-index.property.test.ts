import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareKeys, keyOrderFor } from './key-order.ts';
import { OrderedKeyIndex } from './ordered-key-index.ts';

/** Few different characters, so that keys meet; among them some at which UTF-16 and UTF-8 order differently. */
const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'é', '\uFF5E', '\u{10000}', '\u{1F600}'),
  maxLength: 5,
});

function inOrder(keys: Iterable<string>): string[] {
  return [...keys].toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function expected(keys: Iterable<string>, prefix: string, afterKey?: string): string[] {
  const sorted = inOrder(keys).filter((candidate) => candidate.startsWith(prefix));
  if (afterKey === undefined) return sorted;
  const after = Buffer.from(afterKey);
  return sorted.filter((candidate) => Buffer.compare(Buffer.from(candidate), after) > 0);
}

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(key, key, (left, right) => {
        const sign = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareKeys(left, right))).toBe(sign);
        expect(Math.sign(keyOrderFor(left)(left, right))).toBe(sign);
        expect(Math.sign(keyOrderFor(right)(left, right))).toBe(sign);
      }),
    );
  });
});

describe('an ordered index', () => {
  it('scans like a sorted list, after any additions and removals', () => {
    const change = fc.record({ key, isAdded: fc.boolean() });
    fc.assert(
      fc.property(
        fc.uniqueArray(key),
        fc.array(change),
        key,
        fc.option(key, { nil: undefined }),
        (initial, changes, prefix, afterKey) => {
          const index = OrderedKeyIndex.of(initial);
          const model = new Set(initial);
          for (const { key: changed, isAdded } of changes) {
            if (isAdded) {
              index.add(changed);
              model.add(changed);
            } else {
              index.delete(changed);
              model.delete(changed);
            }
          }
          expect(index.size).toBe(model.size);
          expect([...index.scan('')]).toEqual(inOrder(model));
          expect([...index.scan(prefix, afterKey)]).toEqual(expected(model, prefix, afterKey));
        },
      ),
    );
  });

  it('keeps its order while it grows far beyond a chunk and shrinks to nothing', () => {
    const index = OrderedKeyIndex.of([]);
    const keys = Array.from({ length: 5000 }, (_, number) => `key-${(number * 7919) % 5000}`);
    for (const added of keys) index.add(added);
    expect([...index.scan('')]).toEqual(inOrder(keys));
    expect([...index.scan('key-4', 'key-4990')]).toEqual(expected(keys, 'key-4', 'key-4990'));
    for (const removed of keys.slice(0, 4900)) index.delete(removed);
    expect([...index.scan('')]).toEqual(inOrder(keys.slice(4900)));
    for (const removed of keys) index.delete(removed);
    expect([...index.scan('')]).toEqual([]);
    index.add('again');
    expect([...index.scan('')]).toEqual(['again']);
  });
});
