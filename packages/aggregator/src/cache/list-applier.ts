import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  type CacheEvent,
  type Clock,
  type ListResult,
  type Resource,
  type ResourceRecord,
  type ResourceType,
  resourceTypes,
} from '@service-center/sdcommon';

import type { SelfPreservation } from '../preservation/self-preservation.ts';
import type { CacheState } from './cache-state.ts';
import type { ChangeContext } from './cacher.ts';
import type { UnreadableRecords } from './unreadable-records.ts';

/** What a {@link ListApplier} needs. */
export interface ListApplierOptions {
  readonly clock: Clock;
  readonly state: CacheState;
  readonly preservation: SelfPreservation;
  readonly unreadable: UnreadableRecords;
  /** Takes what changed, a slice at a time. */
  readonly publish: (events: readonly CacheEvent[]) => void;
}

/** How many records are looked at before others get a turn. */
const sliceSize = 1000;

/**
 * Applies complete lists: whatever differs becomes an ordinary event (spec 03 §12.3, rows "list"). First the records that
 * are gone, instances before their services; then those that are new or other, services before their instances; within
 * a type by key.
 */
export class ListApplier {
  readonly #clock: Clock;
  readonly #state: CacheState;
  readonly #preservation: SelfPreservation;
  readonly #unreadable: UnreadableRecords;
  readonly #publish: ListApplierOptions['publish'];
  #events: CacheEvent[] = [];
  #sliceLeft = sliceSize;

  constructor(options: ListApplierOptions) {
    this.#clock = options.clock;
    this.#state = options.state;
    this.#preservation = options.preservation;
    this.#unreadable = options.unreadable;
    this.#publish = options.publish;
  }

  /**
   * Makes the caches what the list says. Others get a turn between slices and may see a part of it.
   *
   * @param isFirst - whether the caches are filled for the first time, so that events are `INIT`
   * @throws the signal's reason
   */
  async apply(
    list: ListResult<ResourceType>,
    isFirst: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const context: ChangeContext = {
      receivedMs: this.#clock.monotonicMs(),
      isFirstList: isFirst,
    };
    const revision = list.position.order;
    const listed = new Map(resourceTypes.map((type) => [type, new Array<Resource>()]));
    for (const resource of list.resources) listed.get(resource.type)?.push(resource);
    for (const unreadable of list.unreadable) this.#unreadable.report(unreadable);

    this.#preservation.beginBatch();
    try {
      if (!isFirst) await this.#removeAbsent(list, revision, context, signal);
      for (const resources of listed.values()) {
        for (const resource of resources) {
          this.#take(this.#put(resource, revision, context));
          if (--this.#sliceLeft === 0) await this.#endSlice(signal);
        }
      }
    } finally {
      this.#flush();
      this.#preservation.endBatch();
    }
  }

  async #removeAbsent(
    list: ListResult<ResourceType>,
    revision: bigint,
    context: ChangeContext,
    signal: AbortSignal,
  ): Promise<void> {
    for (const type of resourceTypes.toReversed()) {
      const present = new Set<string>();
      for (const resource of list.resources) if (resource.type === type) present.add(resource.key);
      for (const change of list.unreadable) if (change.type === type) present.add(change.key);
      for (const { key } of this.#state.cachers[type].values()) {
        if (present.has(key)) {
          if (type === 'INSTANCE') this.#preservation.cancel(key);
        } else {
          this.#take(this.#remove(type, key, revision, context));
        }
        if (--this.#sliceLeft === 0) await this.#endSlice(signal);
      }
    }
  }

  #put<T extends ResourceType>(
    resource: ResourceRecord<T>,
    revision: bigint,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    this.#unreadable.forget(resource.type, resource.key);
    return this.#state.cachers[resource.type].putDifferent(resource, revision, context);
  }

  #remove<T extends ResourceType>(
    type: T,
    key: string,
    revision: bigint,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    if (type === 'INSTANCE') {
      const instance = this.#state.cachers.INSTANCE.get(key);
      const mayDelete =
        instance === undefined || this.#preservation.admit({ key, revision }, instance.value);
      if (!mayDelete) return undefined;
    }
    return this.#state.cachers[type].remove(key, 'unknown', revision, context);
  }

  #take(event: CacheEvent | undefined): void {
    if (event === undefined) return;
    this.#state.follow(event);
    this.#events.push(event);
  }

  async #endSlice(signal: AbortSignal): Promise<void> {
    this.#flush();
    await nextTurn();
    signal.throwIfAborted();
  }

  #flush(): void {
    const events = this.#events;
    this.#events = [];
    this.#sliceLeft = sliceSize;
    this.#publish(events);
  }
}
