import type { BackendHealth } from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import type { KvRecord } from './kv-record.ts';
import type { KvTransaction, KvTransactionResult } from './kv-transaction.ts';
import type { KvWatchBatch } from './kv-event.ts';

/** Which keys to read. */
export interface RangeOptions {
  /** Keys that start with it. */
  readonly prefix: string;
  /** Only keys after this one; the last key of the page before. */
  readonly afterKey?: string;
  /** How many at most. Default: the store's page size. */
  readonly limit?: number;
  /** Read as of this revision. Default: now. */
  readonly atRevision?: bigint;
  readonly signal?: AbortSignal;
}

/** One page of a range. */
export interface RangeResult {
  /** In ascending order of keys. */
  readonly records: readonly KvRecord[];
  /** Whether keys of the range follow the last one. */
  readonly hasMore: boolean;
  /** The revision the page was read at; hand it on as `atRevision` so that pages fit together. */
  readonly revision: bigint;
}

/** A granted lease. */
export interface LeaseGrant {
  readonly id: bigint;
  readonly ttlSeconds: number;
}

/**
 * A key-value store with etcd's semantics (design §3.1): one revision for the whole store, counted up by each
 * transaction that writes, or once for several that allow it; multi-version reads; leases whose keys vanish with them;
 * watches from a revision.
 *
 * Keys and values are UTF-8 strings. What is answered or shown to a watch is durable.
 *
 * Faults are {@link ServiceCenterError} `unavailableBackend`, unless said otherwise.
 */
export interface KvStore {
  /** Identifies the history that revisions belong to. */
  readonly epoch: string;
  /** Reads a page. @throws WatchError `compacted` when `atRevision` is no longer kept, `invalidPosition` when it is not reached yet */
  range(options: RangeOptions): Promise<RangeResult>;
  /** Reads one key. */
  get(key: string): Promise<KvRecord | undefined>;
  /**
   * Decides and writes one transaction. A put under a lease that does not exist rejects it whole and writes nothing.
   */
  commit(transaction: KvTransaction): Promise<KvTransactionResult>;
  /** Creates a lease. A lease that nothing hangs on may be lost when the store is restarted. */
  grantLease(ttlSeconds: number): Promise<LeaseGrant>;
  /** Starts the lease's time anew. @returns its time to live in seconds; undefined when there is no such lease */
  renewLease(id: bigint): Promise<number | undefined>;
  /** Removes a lease with all its keys. @returns the revision after it; undefined when there is no such lease */
  revokeLease(id: bigint): Promise<bigint | undefined>;
  /**
   * Watches all keys under a prefix. Cold: each subscription is one session that reports everything after `afterRevision`,
   * in the order of revisions and, within one, of the operations; never half a transaction. Changes of other keys may
   * show as batches without events, which only move the revision. Any revision that {@link KvStore.currentRevision} has
   * answered is reached in the end, even when the last changes are of other keys: readers wait for it.
   *
   * Completes when the signal is aborted or the store is closed. Fails with WatchError: `compacted` when the history
   * after `afterRevision` is no longer kept, `invalidPosition` when it is not reached yet.
   */
  watch(options: {
    readonly prefix: string;
    readonly afterRevision: bigint;
    readonly signal: AbortSignal;
  }): Observable<KvWatchBatch>;
  /** The store's revision now. */
  currentRevision(signal?: AbortSignal): Promise<bigint>;
  /** Forgets history before a revision, which stays readable itself. */
  compact(revision: bigint): Promise<void>;
  readonly health$: Observable<BackendHealth>;
  close(): Promise<void>;
}
