/** One bucket of a {@link HistogramSnapshot}. */
export interface HistogramBucket {
  /** What the bucket and those before it hold is at most this; `Infinity` for the last one. */
  readonly upTo: number;
  /** How many values are at most that. */
  readonly count: number;
}

/** What a {@link Histogram} has seen. */
export interface HistogramSnapshot {
  readonly count: number;
  readonly sum: number;
  /** From the smallest bound to `Infinity`; each counts what those before it count, too. */
  readonly buckets: readonly HistogramBucket[];
}

/** Counts values in buckets of given bounds, so that the figures of several servers can be added up. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds - what each bucket holds at most, ascending; one without an end is added */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** @param value - in the unit that the metric's name says */
  observe(value: number): void {
    this.#sum += value;
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value <= (this.#bounds[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = (this.#counts[low] ?? 0) + 1;
  }

  /** Everything seen so far. */
  snapshot(): HistogramSnapshot {
    let count = 0;
    const buckets = Array.from(this.#counts, (own, index) => {
      count += own;
      return { upTo: this.#bounds[index] ?? Infinity, count };
    });
    return { count, sum: this.#sum, buckets };
  }
}

/** What one histogram would have seen that had observed what all of them have. @param parts - of the same bounds */
export function combineHistograms(parts: readonly HistogramSnapshot[]): HistogramSnapshot {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  for (const part of parts) {
    count += part.count;
    sum += part.sum;
    for (const bucket of part.buckets)
      counts.set(bucket.upTo, (counts.get(bucket.upTo) ?? 0) + bucket.count);
  }
  return { count, sum, buckets: [...counts].map(([upTo, total]) => ({ upTo, count: total })) };
}
