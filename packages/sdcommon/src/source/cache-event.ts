import type { DeleteCause } from './change.ts';
import type { ResourceRecord, ResourceType } from './resource.ts';

/**
 * What a cache tells its followers. `INIT`: seen while the cache is filled for the first time (spec 03 §1.1).
 */
export type CacheEventType = 'INIT' | 'CREATE' | 'UPDATE' | 'DELETE';

/** One change of a cache. When a follower sees it, the cache and its indexes already reflect it. */
export interface CacheEventRecord<T extends ResourceType> {
  readonly type: CacheEventType;
  readonly resourceType: T;
  /** The record; for `DELETE` the last one known. */
  readonly resource: ResourceRecord<T>;
  /** What was cached before an `UPDATE`. */
  readonly previous: ResourceRecord<T> | undefined;
  /** Why, for `DELETE`. */
  readonly cause: DeleteCause | undefined;
  /** Store revision of the change; of the deletion for `DELETE`. */
  readonly revision: bigint;
  /** Monotonic milliseconds at which the change reached the cache. */
  readonly receivedMs: number;
  /** Monotonic milliseconds of this process at which the change was known to be durable, where the store tells. */
  readonly committedMs?: number;
}

/** A cache event of any of the given types. */
export type CacheEvent<T extends ResourceType = ResourceType> = {
  [K in T]: CacheEventRecord<K>;
}[T];
