/** What a {@link Summary} has seen. */
export interface SummarySnapshot {
  readonly count: number;
  readonly sum: number;
  /** Quantile to value; NaN before the first observation. */
  readonly quantiles: Readonly<Record<'0.5' | '0.9' | '0.99', number>>;
}

const bucketsPerDoubling = 16;
const doublings = 40;

/**
 * Counts durations in buckets that grow by a sixteenth of a doubling, so a quantile is at most about 4 % off and an
 * observation costs one logarithm. Holds 2^40 units, in microseconds about twelve days; what is longer counts there.
 */
export class Summary {
  readonly #buckets = new Float64Array(bucketsPerDoubling * doublings + 1);
  #count = 0;
  #sum = 0;

  /** @param value - not negative; in the unit that the metric's name says */
  observe(value: number): void {
    this.#count++;
    this.#sum += value;
    const bucket = value <= 1 ? 0 : Math.ceil(Math.log2(value) * bucketsPerDoubling);
    const index = Math.min(bucket, this.#buckets.length - 1);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  /** Everything seen so far. */
  snapshot(): SummarySnapshot {
    return {
      count: this.#count,
      sum: this.#sum,
      quantiles: {
        '0.5': this.#quantile(0.5),
        '0.9': this.#quantile(0.9),
        '0.99': this.#quantile(0.99),
      },
    };
  }

  #quantile(quantile: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = Math.ceil(quantile * this.#count);
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= rank) return 2 ** (index / bucketsPerDoubling);
    }
    return 2 ** doublings;
  }
}
