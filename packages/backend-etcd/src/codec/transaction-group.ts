import type { KvTransaction } from '@service-center/backend-kv';
import type { IRequestOp, ITxnRequest } from 'etcd3';

import { RpcError } from '../rpc/rpc-error.ts';
import type { TransactionFootprint } from '../transaction/transaction-footprint.ts';
import {
  decodeTransaction,
  type DecodedTransaction,
  type TransactionAnswer,
} from './transaction.ts';

/**
 * The request of transactions that are decided and written together: one without compares, so that its first branch is
 * taken, of which each of them is an operation.
 *
 * The other branch declares what they do. etcd 3.4 looks at permissions, and at whether there is space, only for
 * operations that are not nested: without it the user could read and write what is forbidden, and go on writing when the
 * space is used up.
 */
export function encodeTransactionGroup(
  requests: readonly ITxnRequest[],
  { read, written }: TransactionFootprint,
): ITxnRequest {
  const declared: IRequestOp[] = [];
  for (const key of read) {
    declared.push({ request_range: { key: Buffer.from(key), keys_only: true } });
  }
  for (const key of written) declared.push({ request_put: { key: Buffer.from(key) } });
  return {
    compare: [],
    success: requests.map((request) => ({ request_txn: request })),
    failure: declared,
  };
}

/**
 * Reads what became of one transaction of a group. Only the header of the whole has a revision.
 *
 * @throws RpcError `unavailable` when the answer does not have it
 */
export function decodeTransactionOfGroup(
  transaction: KvTransaction,
  { header, responses }: TransactionAnswer,
  index: number,
): DecodedTransaction {
  const answer = responses[index]?.response_txn;
  if (answer === undefined || answer === null) {
    throw new RpcError('unavailable', `etcd: an answer without the transaction ${index} asked for`);
  }
  const { succeeded, responses: operations } = answer;
  return decodeTransaction(transaction, { header, succeeded, responses: operations });
}
