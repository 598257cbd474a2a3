import type { EmptyPrefixCompare, KeyCompare, NoPutSinceCompare } from './kv-transaction.ts';
import type { KvRecord } from './kv-record.ts';

/** The key does not exist. */
export function isAbsent(key: string): KeyCompare {
  return { key, target: 'createRevision', operator: 'equal', operand: 0n };
}

/** The key exists. */
export function isPresent(key: string): KeyCompare {
  return { key, target: 'version', operator: 'notEqual', operand: 0n };
}

/** The key is as it was read: the same record, or still absent. */
export function isUnchanged(
  key: string,
  read: Pick<KvRecord, 'modRevision'> | undefined,
): KeyCompare {
  return { key, target: 'modRevision', operator: 'equal', operand: read?.modRevision ?? 0n };
}

/** No key starts with the prefix. */
export function isEmptyPrefix(prefix: string): EmptyPrefixCompare {
  return { target: 'empty', prefix };
}

/** No key that starts with the prefix was created or changed since it was read at the revision. */
export function hasNoPutSince(prefix: string, revision: bigint): NoPutSinceCompare {
  return { target: 'noPutSince', prefix, revision };
}
