/** What a {@link Summary} has seen. */
export interface SummarySnapshot {
  readonly count: number;
  readonly sum: number;
  /** Quantile to value; NaN before the first observation. */
  readonly quantiles: Readonly<Record<'0.5' | '0.9' | '0.99', number>>;
  /** How many observations are in each bucket that has any, by rising index: what quantiles are combined from. */
  readonly buckets: readonly SummaryBucket[];
}

/** A bucket of a {@link Summary} that is not empty. */
export interface SummaryBucket {
  readonly index: number;
  readonly count: number;
}

const bucketsPerDoubling = 16;
const doublings = 40;

/**
 * Counts durations in buckets that grow by a sixteenth of a doubling, so a quantile is at most about 4 % off and an
 * observation costs one logarithm. Holds 2^40 units, in microseconds about twelve days; what is longer counts there.
 */
export class Summary {
  readonly #buckets = new Float64Array(bucketsPerDoubling * doublings + 1);
  #sum = 0;

  /** @param value - not negative; in the unit that the metric's name says */
  observe(value: number): void {
    this.#sum += value;
    const bucket = value <= 1 ? 0 : Math.ceil(Math.log2(value) * bucketsPerDoubling);
    const index = Math.min(bucket, this.#buckets.length - 1);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  /** Everything seen so far. */
  snapshot(): SummarySnapshot {
    const buckets: SummaryBucket[] = [];
    for (const [index, count] of this.#buckets.entries()) {
      if (count > 0) buckets.push({ index, count });
    }
    return toSnapshot(this.#sum, buckets);
  }
}

/** What one summary would have seen that had observed what all of them have; as exact as each of them. */
export function combineSummaries(parts: readonly SummarySnapshot[]): SummarySnapshot {
  const counts = new Map<number, number>();
  let sum = 0;
  for (const part of parts) {
    sum += part.sum;
    for (const { index, count } of part.buckets)
      counts.set(index, (counts.get(index) ?? 0) + count);
  }
  const buckets = [...counts].map(([index, count]) => ({ index, count }));
  return toSnapshot(
    sum,
    buckets.toSorted((left, right) => left.index - right.index),
  );
}

function toSnapshot(sum: number, buckets: readonly SummaryBucket[]): SummarySnapshot {
  const total = buckets.reduce((count, bucket) => count + bucket.count, 0);
  return {
    count: total,
    sum,
    quantiles: {
      '0.5': quantileOf(0.5, buckets, total),
      '0.9': quantileOf(0.9, buckets, total),
      '0.99': quantileOf(0.99, buckets, total),
    },
    buckets,
  };
}

function quantileOf(quantile: number, buckets: readonly SummaryBucket[], total: number): number {
  if (total === 0) return Number.NaN;
  const rank = Math.ceil(quantile * total);
  let seen = 0;
  for (const { index, count } of buckets) {
    seen += count;
    if (seen >= rank) return 2 ** (index / bucketsPerDoubling);
  }
  return 2 ** doublings;
}
