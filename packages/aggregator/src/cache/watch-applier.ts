import type {
  CacheEvent,
  Change,
  DeleteChange,
  ListWatchResponse,
  PutChange,
  ResourceRecord,
  ResourceType,
} from '@service-center/sdcommon';

import type { SelfPreservation } from '../preservation/self-preservation.ts';
import type { CacheState } from './cache-state.ts';
import type { ChangeContext } from './cacher.ts';
import type { UnreadableRecords } from './unreadable-records.ts';

/** What a {@link WatchApplier} needs. */
export interface WatchApplierOptions {
  readonly state: CacheState;
  readonly preservation: SelfPreservation;
  readonly unreadable: UnreadableRecords;
}

/** Applies what a watch shows (spec 03 §12.3, rows "watch"). */
export class WatchApplier {
  readonly #state: CacheState;
  readonly #preservation: SelfPreservation;
  readonly #unreadable: UnreadableRecords;

  constructor(options: WatchApplierOptions) {
    this.#state = options.state;
    this.#preservation = options.preservation;
    this.#unreadable = options.unreadable;
  }

  /**
   * Applies the changes of one response, without giving anybody else a turn, so that nobody sees half of it.
   *
   * @param events - takes what changed, in store order
   */
  apply(
    { changes, committedMs }: ListWatchResponse<ResourceType>,
    receivedMs: number,
    events: CacheEvent[],
  ): void {
    const context: ChangeContext = {
      receivedMs,
      ...(committedMs !== undefined && { committedMs }),
      isFirstList: false,
    };
    this.#preservation.beginBatch();
    try {
      for (const change of changes) {
        const event = this.#applyChange(change, context);
        if (event === undefined) continue;
        this.#state.follow(event);
        events.push(event);
      }
    } finally {
      this.#preservation.endBatch();
    }
  }

  #applyChange<T extends ResourceType>(
    change: Change<T>,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    switch (change.action) {
      case 'put':
        return this.#put(change, context);
      case 'delete':
        return this.#delete(change, context);
      case 'unreadable':
        this.#unreadable.report(change);
        // Readable or not, the record is there: a deletion that is held no longer describes it.
        this.#cancelHeld(change.type, change.key);
        return undefined;
    }
  }

  #put<T extends ResourceType>(
    { type, resource }: PutChange<T>,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    this.#unreadable.forget(type, resource.key);
    const event = this.#state.cachers[type].putNewer(resource, context);
    if (event !== undefined) this.#cancelHeld(type, resource.key);
    return event;
  }

  #delete<T extends ResourceType>(
    { type, key, revision, cause }: DeleteChange<T>,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    this.#unreadable.forget(type, key);
    const cacher = this.#state.cachers[type];
    const cached = cacher.get(key);
    // A deletion of an uncached record is news to nobody; one older than the cached record is history seen again.
    if (cached === undefined || revision < cached.modRevision) return undefined;
    if (cause === 'unknown' && !this.#mayDelete(cached, revision)) return undefined;
    return cacher.remove(key, cause, revision, context);
  }

  #mayDelete(cached: ResourceRecord<ResourceType>, revision: bigint): boolean {
    if (cached.type !== 'INSTANCE') return true;
    const instance = this.#state.cachers.INSTANCE.get(cached.key);
    return (
      instance === undefined ||
      this.#preservation.admit({ key: cached.key, revision }, instance.value)
    );
  }

  #cancelHeld(type: ResourceType, key: string): void {
    if (type === 'INSTANCE' && this.#preservation.heldCount > 0) this.#preservation.cancel(key);
  }
}
