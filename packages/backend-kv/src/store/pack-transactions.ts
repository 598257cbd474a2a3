import type { KvStore } from './kv-store.ts';
import type { Compare, KvOperation } from './kv-transaction.ts';
import { maxTransactionOperations } from './transaction-limit.ts';

/** What has to be decided and written together. */
export interface TransactionStep {
  readonly compares: readonly Compare[];
  readonly operations: readonly KvOperation[];
}

/**
 * Joins steps, in their order, to as few transactions as the store's limit allows. Up to the limit everything is one
 * transaction; beyond it a stop in between leaves a part done, so the order has to make any part harmless
 * (spec 02 §1.3, chunking).
 *
 * @param guard - compares that every transaction carries
 */
export function packTransactions(
  steps: readonly TransactionStep[],
  guard: readonly Compare[],
): readonly TransactionStep[] {
  const packed: { compares: Compare[]; operations: KvOperation[] }[] = [];
  for (const { compares, operations } of steps) {
    const last = packed.at(-1);
    if (
      last !== undefined &&
      last.compares.length + compares.length <= maxTransactionOperations &&
      last.operations.length + operations.length <= maxTransactionOperations
    ) {
      last.compares.push(...compares);
      last.operations.push(...operations);
    } else {
      packed.push({ compares: [...guard, ...compares], operations: [...operations] });
    }
  }
  return packed;
}

/**
 * Commits transactions one after the other while their compares hold.
 *
 * @returns the revision after the last one; undefined when one did not hold
 */
export async function commitInOrder(
  store: KvStore,
  transactions: readonly TransactionStep[],
): Promise<bigint | undefined> {
  let last: bigint | undefined;
  for (const { compares, operations } of transactions) {
    const { succeeded, revision } = await store.commit({ compares, success: operations });
    if (!succeeded) return undefined;
    last = revision;
  }
  return last;
}
