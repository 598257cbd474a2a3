import { describe, expect, it } from 'vitest';

import { quantile } from './quantile.ts';

describe('a quantile', () => {
  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('of share %d is the value that so many do not exceed', (share, expected) => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(quantile(values, share)).toBe(expected);
  });

  it('needs values', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});
