/**
 * The smallest of the values that at least a share of them does not exceed.
 *
 * @param share - 0 to 1
 * @throws RangeError when there are no values
 */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}
