/** How many compares, and how many operations, a transaction may have: etcd's default (spec 02 §1.3, chunking). */
export const maxTransactionOperations = 128;

/** Cuts a list into pieces of at most the given length. */
export function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
