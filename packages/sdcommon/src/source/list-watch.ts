import type { Observable } from 'rxjs';

import type { Change, UnreadableChange } from './change.ts';
import type { Position } from './position.ts';
import type { Resource, ResourceRecord, ResourceType } from './resource.ts';

/** A complete picture of one or more types at one position. */
export interface ListResult<T extends ResourceType> {
  readonly position: Position;
  /** By type in the order of `resourceTypes`, each in ascending order of keys. */
  readonly resources: readonly Resource<T>[];
  /** Records that are stored but cannot be read; they are in no other list. */
  readonly unreadable: readonly UnreadableChange<T>[];
}

/** The record that somebody who lists has already, if any. */
export type KnownRecords = <T extends ResourceType>(
  type: T,
  key: string,
) => ResourceRecord<T> | undefined;

/** How to list. */
export interface ListOptions {
  /** List as of this position, so that several lists fit together. Default: now. */
  readonly at?: Position;
  /**
   * Records that need not be made again: where revisions and text of the stored record are the same, the list may have
   * the known one itself. To compare 100,000 instances would otherwise leave their copies behind.
   */
  readonly known?: KnownRecords;
  /** Ends the listing. */
  readonly signal: AbortSignal;
}

/** Changes that became visible together, in store order, and the position after them. */
export interface ListWatchResponse<T extends ResourceType> {
  /** Empty in a bookmark, which only moves the position. */
  readonly changes: readonly Change<T>[];
  readonly position: Position;
  /** Monotonic milliseconds of this process at which the changes were known to be durable, where the store tells. */
  readonly committedMs?: number;
}

/** How to watch. */
export interface WatchOptions {
  /** Only what changed after this position is reported. */
  readonly after: Position;
  /** Ends the watch; the observable then completes. */
  readonly signal: AbortSignal;
}

/**
 * Where cached resources come from (spec 03 §1.4).
 *
 * A watch is cold: each subscription is one session. It reports every change after `after` exactly once, in store
 * order, never half a transaction. It completes when the session is over and the position still good: continue after
 * the last one received. It fails with {@link WatchError} otherwise.
 */
export interface ListWatch<T extends ResourceType> {
  /** The types it covers. */
  readonly types: readonly T[];
  /** @throws WatchError with `positionLost` when `at` is no longer kept; ServiceCenterError `unavailableBackend` */
  list(options: ListOptions): Promise<ListResult<T>>;
  watch(options: WatchOptions): Observable<ListWatchResponse<T>>;
}
