import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { numbersPerRow, type CommitRequest } from '../worker/protocol.ts';

/**
 * Turns transactions into rows for the worker.
 *
 * @param before - the store's revision and number of records before
 * @param ttlSecondsOf - the time to live of a lease
 */
export function encodeBatch(
  batch: readonly StoredTransaction[],
  before: Pick<CommitRequest, 'revision' | 'recordCount'>,
  ttlSecondsOf: (lease: bigint) => number,
): Omit<CommitRequest, 'kind' | 'requestId'> {
  const events = batch.flatMap((transaction) => transaction.events);
  const keys: (string | undefined)[] = [];
  const values: (string | undefined)[] = [];
  const numbers = new BigInt64Array(events.length * numbersPerRow);
  let count = before.recordCount;
  for (const [row, event] of events.entries()) {
    const offset = row * numbersPerRow;
    if (event.kind === 'delete') {
      keys.push(undefined);
      values.push(undefined);
      numbers[offset] = BigInt(event.previous.rowId);
      count--;
    } else {
      const { rowId, key, value, createRevision, modRevision, version, lease } = event.record;
      keys.push(key);
      values.push(value);
      numbers[offset] = BigInt(rowId);
      numbers[offset + 1] = createRevision;
      numbers[offset + 2] = modRevision;
      numbers[offset + 3] = version;
      numbers[offset + 4] = lease;
      numbers[offset + 5] = lease === 0n ? 0n : BigInt(ttlSecondsOf(lease));
      if (event.previous === undefined) count++;
    }
  }
  const revision = batch.at(-1)?.revision ?? before.revision;
  return { keys, values, numbers, revision, recordCount: count };
}
