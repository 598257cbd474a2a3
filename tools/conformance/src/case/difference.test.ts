import { describe, expect, it } from 'vitest';

import { differencesOf } from './difference.ts';
import type { Json } from './json.ts';
import { absent, anything, including, like, not, partial, setOf, type Pattern } from './pattern.ts';

const resolve = (text: string): string => text.replaceAll('${id}', 'abc');

const cases: readonly (readonly [string, Pattern, Json, Json])[] = [
  ['a text', 'x', 'x', 'y'],
  ['a captured value', '${id}', 'abc', '${id}'],
  ['a type', '1', '1', 1],
  ['null', null, null, 0],
  ['a missing member', { a: 1 }, { a: 1 }, {}],
  ['a further member', { a: 1 }, { a: 1 }, { a: 1, b: 2 }],
  ['a captured name', { '${id}': 1 }, { abc: 1 }, { id: 1 }],
  ['an object for a list', { 0: 'a' }, { 0: 'a' }, ['a']],
  ['the order of a list', ['a', 'b'], ['a', 'b'], ['b', 'a']],
  ['the length of a list', ['a'], ['a'], ['a', 'a']],
  ['a list for nothing', [], [], {}],
  ['a form', like(/^a+$/), 'aa', 'b'],
  ['a form of a number', like(/1/), '1', 1],
  ['something', { a: anything }, { a: null }, {}],
  ['an absent member', { a: absent }, {}, { a: null }],
  ['another value', not('${id}'), 'x', 'abc'],
  ['some members', partial({ a: 1 }), { a: 1, b: 2 }, { b: 2 }],
  ['a set with a missing item', setOf('a', 'b'), ['b', 'a'], ['b']],
  ['a set with a further item', setOf('a'), ['a'], ['a', 'b']],
  ['a set with a repeated item', setOf('a', 'a'), ['a', 'a'], ['a', 'b']],
  ['a set that is no list', setOf(), [], {}],
  ['an item among others', including('a'), ['b', 'a'], ['b']],
  ['a deep value', { a: [{ b: 'x' }] }, { a: [{ b: 'x' }] }, { a: [{ b: 'y' }] }],
  ['a name every object has', { toString: absent }, {}, { toString: 'a' }],
];

describe('comparing JSON with a pattern', () => {
  it.each(cases)('tells %s', (_title, pattern, right, wrong) => {
    expect(differencesOf(pattern, right, resolve)).toEqual([]);
    expect(differencesOf(pattern, wrong, resolve)).not.toEqual([]);
  });

  it('says where the difference is and what was expected there', () => {
    expect(differencesOf({ a: [{ b: '${id}' }] }, { a: [{ b: 'y' }] }, resolve)).toEqual([
      { at: '$.a[0].b', expected: '"abc"', got: '"y"' },
    ]);
  });
});
