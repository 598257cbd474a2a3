/** The latest change of any of the records; 0 for none. */
export function newestRevision(records: Iterable<{ readonly modRevision: bigint }>): bigint {
  let newest = 0n;
  for (const { modRevision } of records) if (modRevision > newest) newest = modRevision;
  return newest;
}

/** Sorts revisions in ascending order. */
export function compareRevisions(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
