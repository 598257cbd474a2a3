import type { KvTransaction } from '@service-center/backend-kv';
import type { ITxnRequest } from 'etcd3';

import { RpcError } from '../rpc/rpc-error.ts';
import {
  decodeTransaction,
  type DecodedTransaction,
  type TransactionAnswer,
} from './transaction.ts';

/** The request of transactions that are decided and written together: one without compares, of which each is an operation. */
export function encodeTransactionGroup(requests: readonly ITxnRequest[]): ITxnRequest {
  return { compare: [], success: requests.map((request) => ({ request_txn: request })) };
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
