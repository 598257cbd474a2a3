import type { RangeResult } from '@service-center/backend-kv';

import type { KeyHistory } from './key-history.ts';
import { compareKeys } from './key-order.ts';
import type { KeySpace } from './key-space.ts';
import type { StoredRecord } from './stored-record.ts';

/** One page to read. */
export interface RangeRequest {
  readonly prefix: string;
  readonly afterKey: string | undefined;
  readonly limit: number;
  /** Between the history's floor and the store's revision. */
  readonly revision: bigint;
}

/** Reads a page of the keys as they were at a revision. Costs what it returns and what changed since the revision. */
export function readRange(keys: KeySpace, history: KeyHistory, request: RangeRequest): RangeResult {
  const { prefix, afterKey, limit, revision } = request;
  const records: StoredRecord[] = [];
  for (const record of recordsAt(keys, history, request)) {
    if (records.length === limit) return { records, hasMore: true, revision };
    if (record.key.startsWith(prefix) && record.key !== afterKey) records.push(record);
  }
  return { records, hasMore: false, revision };
}

/**
 * The records of the range: the present ones, with what changed since the revision undone.
 *
 * @yields each record, in the order of keys
 */
function* recordsAt(
  keys: KeySpace,
  history: KeyHistory,
  { prefix, afterKey, revision }: RangeRequest,
): Generator<StoredRecord> {
  const undone = history.recordsAt(revision, prefix);
  // Keys that were deleted since are in no index any more.
  const deleted = [...undone.values()]
    .filter((record) => record !== undefined)
    .filter(({ key }) => keys.get(key) === undefined)
    .filter(({ key }) => afterKey === undefined || compareKeys(key, afterKey) > 0)
    .toSorted((left, right) => compareKeys(left.key, right.key));
  let nextDeleted = 0;
  for (const key of keys.scan(prefix, afterKey)) {
    for (
      let record = deleted[nextDeleted];
      record !== undefined && compareKeys(record.key, key) < 0;
      record = deleted[nextDeleted]
    ) {
      yield record;
      nextDeleted++;
    }
    const record = undone.has(key) ? undone.get(key) : keys.get(key);
    if (record !== undefined) yield record;
  }
  yield* deleted.slice(nextDeleted);
}
