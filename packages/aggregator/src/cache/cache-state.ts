import type { CacheEvent, ResourceType } from '@service-center/sdcommon';

import { FindCache } from '../find/find-cache.ts';
import { FindInvalidation } from '../find/find-invalidation.ts';
import { CacheIndexes } from '../index/cache-indexes.ts';
import { type Cachers, createCachers } from './cachers.ts';
import { ChangeTracker } from './change-tracker.ts';

/** What {@link CacheState} can be told. */
export interface CacheStateOptions {
  /** See {@link FindCacheOptions.maxBytes}. */
  readonly findCacheMaxBytes?: number;
}

/** The caches and everything derived from them. All of it changes together, one event at a time. */
export class CacheState {
  readonly cachers: Cachers = createCachers();
  readonly indexes: CacheIndexes = new CacheIndexes();
  readonly findCache: FindCache;
  readonly #findInvalidation: FindInvalidation;
  readonly #trackers = new Set<ChangeTracker>();

  constructor(options: CacheStateOptions) {
    const { services, instances } = this.indexes;
    this.findCache = new FindCache({
      instances,
      ...(options.findCacheMaxBytes !== undefined && { maxBytes: options.findCacheMaxBytes }),
    });
    this.#findInvalidation = new FindInvalidation({ findCache: this.findCache, services });
  }

  /** Brings indexes and find answers up to a change that a cacher has just made. */
  follow(event: CacheEvent): void {
    this.indexes.apply(event);
    this.#findInvalidation.apply(event);
    for (const tracker of this.#trackers) tracker.add(event.resourceType, event.resource.key);
  }

  /** Estimated memory of the records of a type. */
  bytesOf(type: ResourceType): number {
    return this.cachers[type].bytes;
  }

  /** Starts remembering what changes. Hand it back to {@link CacheState.untrack}. */
  track(): ChangeTracker {
    const tracker = new ChangeTracker();
    this.#trackers.add(tracker);
    return tracker;
  }

  untrack(tracker: ChangeTracker): void {
    this.#trackers.delete(tracker);
  }
}
