import type { KvRecord } from './kv-record.ts';

/** A condition on one key. A key that does not exist has the revisions and the version 0. */
export interface KeyCompare {
  readonly key: string;
  readonly target: 'createRevision' | 'modRevision' | 'version';
  readonly operator: 'equal' | 'notEqual';
  readonly operand: bigint;
}

/**
 * The condition that no key starts with the prefix. etcd decides it as a compare of a range: create revision equals 0
 * holds for a range exactly when the range is empty.
 */
export interface EmptyPrefixCompare {
  readonly target: 'empty';
  readonly prefix: string;
}

/**
 * The condition that no key that starts with the prefix was put after the revision; deletions do not count. etcd decides
 * it as a compare of a range: the mod revision of every key is less than `revision + 1`.
 */
export interface NoPutSinceCompare {
  readonly target: 'noPutSince';
  readonly prefix: string;
  readonly revision: bigint;
}

/** A condition of a transaction; `target` tells which kind. */
export type Compare = KeyCompare | EmptyPrefixCompare | NoPutSinceCompare;

/**
 * One step of a transaction. As in etcd, no key may be put twice, or put and deleted, in one branch.
 *
 * A put without a lease detaches the key from the lease it hung on.
 */
export type KvOperation =
  | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease?: bigint }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'deletePrefix'; readonly prefix: string }
  | { readonly kind: 'get'; readonly key: string };

/** All of `success` when every compare holds, else all of `failure`; with one new revision when anything is written. */
export interface KvTransaction {
  readonly compares: readonly Compare[];
  readonly success: readonly KvOperation[];
  readonly failure?: readonly KvOperation[];
  /**
   * Whether the new revision may also be that of others that allow it and are asked for at the same time. Each is still
   * decided and written whole, but a store may then write them with one step of its log. Default false.
   */
  readonly mayShareRevision?: boolean;
}

/** What a transaction did. */
export interface KvTransactionResult {
  /** Whether the compares held. */
  readonly succeeded: boolean;
  /** The revision of the store after the transaction: a new one when something was written. */
  readonly revision: bigint;
  /** What each `get` of the branch found, in order. */
  readonly gets: readonly (KvRecord | undefined)[];
}
