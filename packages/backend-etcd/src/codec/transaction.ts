import type {
  Compare,
  KvOperation,
  KvRecord,
  KvTransaction,
  KvTransactionResult,
} from '@service-center/backend-kv';
import type { ICompare, IDeleteRangeResponse, IKeyValue, IRequestOp, ITxnRequest } from 'etcd3';

import { decodeKeyValue } from './key-value.ts';
import { prefixRange } from './key-range.ts';

/** The answer of one operation; the generated type says that all of its fields are set, but one is. */
interface OperationAnswer {
  readonly response_range: { readonly kvs: readonly IKeyValue[] } | null;
  readonly response_delete_range: Pick<IDeleteRangeResponse, 'deleted'> | null;
  /** Of a nested transaction; its own header has no revision. */
  readonly response_txn: BranchAnswer | null;
}

/** Which branch of a transaction was taken, and the answers of its operations. */
interface BranchAnswer {
  readonly succeeded: boolean;
  readonly responses: readonly OperationAnswer[];
}

/** The answer of a transaction. */
export interface TransactionAnswer extends BranchAnswer {
  readonly header: { readonly revision: string };
}

/** What a transaction did, and whether it deleted anything. */
export interface DecodedTransaction extends KvTransactionResult {
  readonly hasDeleted: boolean;
}

/** Whether nothing is written, whichever branch is taken. */
export function isReadOnly({ success, failure = [] }: KvTransaction): boolean {
  return [...success, ...failure].every(({ kind }) => kind === 'get');
}

/**
 * The request of a transaction.
 *
 * @param readKey - a key that may be read, for the case that there is no operation
 */
export function encodeTransaction(
  { compares, success, failure = [] }: KvTransaction,
  readKey: Buffer,
): ITxnRequest {
  const isEmpty = success.length === 0 && failure.length === 0;
  // A transaction without operations is decided on what the member has, however old that is; a read makes it ask the
  // others.
  const read: IRequestOp = { request_range: { key: readKey, keys_only: true } };
  return {
    compare: compares.map(encodeCompare),
    success: isEmpty ? [read] : success.map(encodeOperation),
    failure: isEmpty ? [read] : failure.map(encodeOperation),
  };
}

/** Reads the answer to a transaction. */
export function decodeTransaction(
  { success, failure = [] }: KvTransaction,
  answer: TransactionAnswer,
): DecodedTransaction {
  const operations = answer.succeeded ? success : failure;
  const gets: (KvRecord | undefined)[] = [];
  let hasDeleted = false;
  for (const [index, { kind }] of operations.entries()) {
    const response = answer.responses[index];
    if (kind === 'get') {
      const stored = response?.response_range?.kvs[0];
      gets.push(stored === undefined ? undefined : decodeKeyValue(stored));
    }
    hasDeleted ||= (response?.response_delete_range?.deleted ?? '0') !== '0';
  }
  const { succeeded } = answer;
  return { succeeded, revision: BigInt(answer.header.revision), gets, hasDeleted };
}

function encodeCompare(compare: Compare): ICompare {
  switch (compare.target) {
    case 'empty':
      return {
        ...prefixRange(compare.prefix),
        target: 'Create',
        result: 'Equal',
        create_revision: '0',
      };
    case 'noPutSince':
      return {
        ...prefixRange(compare.prefix),
        target: 'Mod',
        result: 'Less',
        mod_revision: String(compare.revision + 1n),
      };
    case 'createRevision':
    case 'modRevision':
    case 'version': {
      const key = Buffer.from(compare.key);
      const result = compare.operator === 'equal' ? 'Equal' : 'NotEqual';
      return { key, result, ...operandOf(compare.target, String(compare.operand)) };
    }
  }
}

function operandOf(
  target: 'createRevision' | 'modRevision' | 'version',
  operand: string,
): Pick<ICompare, 'target' | 'create_revision' | 'mod_revision' | 'version'> {
  switch (target) {
    case 'createRevision':
      return { target: 'Create', create_revision: operand };
    case 'modRevision':
      return { target: 'Mod', mod_revision: operand };
    case 'version':
      return { target: 'Version', version: operand };
  }
}

function encodeOperation(operation: KvOperation): IRequestOp {
  switch (operation.kind) {
    case 'put': {
      const { key, value, lease = 0n } = operation;
      return {
        request_put: { key: Buffer.from(key), value: Buffer.from(value), lease: String(lease) },
      };
    }
    case 'delete':
      return { request_delete_range: { key: Buffer.from(operation.key) } };
    case 'deletePrefix':
      return { request_delete_range: prefixRange(operation.prefix) };
    case 'get':
      return { request_range: { key: Buffer.from(operation.key) } };
  }
}
