import { describe, expect, it } from 'vitest';

import { compareNewestFirst, isVersionInRange, versionNumber } from './version-number.ts';

describe('versionNumber', () => {
  it.each([
    ['0', 0n],
    ['1', 1n << 48n],
    ['1.0.0.0', 1n << 48n],
    ['1.2.3.4', (1n << 48n) | (2n << 32n) | (3n << 16n) | 4n],
    ['1.2.3.4.5', (1n << 48n) | (2n << 32n) | (3n << 16n) | 4n],
    ['1.2.3.4.x', (1n << 48n) | (2n << 32n) | (3n << 16n) | 4n],
    ['32767.32767.32767.32767', 0x7fff_7fff_7fff_7fffn],
    ['32768', 0n],
    ['1.32768', 0n],
    ['1.x', 0n],
    ['1.', 0n],
    ['', 0n],
    ['-1', 0n],
    ['1.0e1', 0n],
    ['001.02', (1n << 48n) | (2n << 32n)],
  ])('of %j is %d', (version, number) => {
    expect(versionNumber(version)).toBe(number);
  });
});

describe('isVersionInRange', () => {
  it.each([
    ['32767.0.32767', true],
    ['1.32768', false],
    ['1.', false],
    ['a', false],
    ['99999999999999999999', false],
  ])('of %j is %s', (version, isInRange) => {
    expect(isVersionInRange(version)).toBe(isInRange);
  });
});

describe('compareNewestFirst', () => {
  it('orders by number, not by text', () => {
    expect(['1.9', '1.10', '1.9.0'].toSorted(compareNewestFirst)).toEqual(['1.10', '1.9', '1.9.0']);
    expect(compareNewestFirst('1', '1.0.0.0')).toBe(0);
  });
});
