import fc from 'fast-check';
import { expect, it } from 'vitest';

import { prefixRange, rangeAfter, wholeKeySpace } from './key-range.ts';

const keys = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });

it('holds exactly the keys that start with the prefix', () => {
  fc.assert(
    fc.property(keys, keys, fc.boolean(), (prefix, other, isChild) => {
      const key = Buffer.from(isChild ? prefix + other : other);
      const range = prefixRange(prefix);
      const isInside =
        Buffer.compare(range.key, key) <= 0 && Buffer.compare(key, range.range_end) < 0;
      expect(isInside).toBe(key.subarray(0, Buffer.byteLength(prefix)).equals(Buffer.from(prefix)));
    }),
  );
});

it('is the whole key space for the empty prefix', () => {
  expect(prefixRange('')).toBe(wholeKeySpace);
});

it('goes on with the very next key', () => {
  const range = prefixRange('a/');
  const { key, range_end } = rangeAfter(range, Buffer.from('a/b'));

  expect(key).toEqual(Buffer.from('a/b\0'));
  expect(range_end).toEqual(range.range_end);
});
