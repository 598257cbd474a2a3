import { expect, it } from 'vitest';

import { Histogram } from './histogram.ts';

it('counts each value in every bucket whose bound it does not exceed', () => {
  const histogram = new Histogram([1, 10, 100]);
  for (const value of [0, 1, 1.5, 10, 99, 100, 100.5, 1e9]) histogram.observe(value);
  expect(histogram.snapshot()).toEqual({
    count: 8,
    sum: 0 + 1 + 1.5 + 10 + 99 + 100 + 100.5 + 1e9,
    buckets: [
      { upTo: 1, count: 2 },
      { upTo: 10, count: 4 },
      { upTo: 100, count: 6 },
      { upTo: Infinity, count: 8 },
    ],
  });
});

it('is empty at first', () => {
  expect(new Histogram([1]).snapshot()).toEqual({
    count: 0,
    sum: 0,
    buckets: [
      { upTo: 1, count: 0 },
      { upTo: Infinity, count: 0 },
    ],
  });
});
