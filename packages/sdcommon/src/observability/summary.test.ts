import { describe, expect, it } from 'vitest';

import { combineSummaries, Summary } from './summary.ts';

describe('Summary', () => {
  it('has no quantiles before the first value', () => {
    expect(new Summary().snapshot()).toEqual({
      count: 0,
      sum: 0,
      quantiles: { '0.5': Number.NaN, '0.9': Number.NaN, '0.99': Number.NaN },
      buckets: [],
    });
  });

  it('counts, sums and tells quantiles within 5 %', () => {
    const summary = new Summary();
    for (let value = 1; value <= 10_000; value++) summary.observe(value);
    const { count, sum, quantiles } = summary.snapshot();

    expect([count, sum]).toEqual([10_000, 50_005_000]);
    for (const [quantile, value] of Object.entries(quantiles)) {
      const exact = Number(quantile) * 10_000;
      expect(Math.abs(value - exact) / exact).toBeLessThan(0.05);
    }
  });

  it('takes values of any size', () => {
    const summary = new Summary();
    for (const value of [0, 0.25, 1]) summary.observe(value);
    expect(summary.snapshot().quantiles['0.99']).toBe(1);
    const large = new Summary();
    large.observe(Number.MAX_SAFE_INTEGER);

    expect(large.snapshot()).toMatchObject({ count: 1, sum: Number.MAX_SAFE_INTEGER });
    expect(large.snapshot().quantiles['0.5']).toBe(2 ** 40);
  });

  it('shows two slow values of a hundred in the last quantile only', () => {
    const summary = new Summary();
    for (let index = 0; index < 98; index++) summary.observe(10);
    summary.observe(5000);
    summary.observe(5000);
    const { quantiles } = summary.snapshot();

    expect(quantiles['0.5']).toBeLessThan(11);
    expect(quantiles['0.9']).toBeLessThan(11);
    expect(quantiles['0.99']).toBeGreaterThanOrEqual(5000);
  });
});

describe('combineSummaries', () => {
  it('gives what one summary of everything would give', () => {
    const whole = new Summary();
    const parts = [new Summary(), new Summary(), new Summary()];
    for (let value = 1; value <= 999; value++) {
      whole.observe(value);
      // Each part sees another range, so no mean of their quantiles would do.
      parts[Math.floor((value - 1) / 333)]?.observe(value);
    }
    expect(combineSummaries(parts.map((part) => part.snapshot()))).toEqual(whole.snapshot());
  });

  it('is empty without anything', () => {
    expect(combineSummaries([])).toEqual(new Summary().snapshot());
  });
});
