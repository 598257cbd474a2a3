import type {
  CacheEvent,
  DeleteCause,
  ResourceRecord,
  ResourceType,
} from '@service-center/sdcommon';

import type { ResourceCache } from './resource-cache.ts';

/** What is the same for all events of one batch. */
export interface ChangeContext {
  /** Monotonic milliseconds at which the batch came. */
  readonly receivedMs: number;
  /** Monotonic milliseconds at which the batch was known to be durable, where the store tells. */
  readonly committedMs?: number;
  /** Whether the cache is being filled for the first time. */
  readonly isFirstList: boolean;
}

// The record with its identity, revisions and parsed value beside the texts, and its place in the map; measured with
// instances on Node 26.
const overheadBytes = 700;

/** Keeps the records of one type and turns changes of the store into changes of the cache (spec 03 §12.3). */
export class Cacher<T extends ResourceType> implements ResourceCache<T> {
  readonly type: T;
  readonly #records = new Map<string, ResourceRecord<T>>();
  #bytes = 0;

  constructor(type: T) {
    this.type = type;
  }

  get size(): number {
    return this.#records.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): ResourceRecord<T> | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<ResourceRecord<T>> {
    return this.#records.values();
  }

  /**
   * Caches a record that a watch shows, if it is news: batches may come twice, and history before the cache's may come
   * again.
   *
   * @returns undefined when it was seen before
   */
  putNewer(resource: ResourceRecord<T>, context: ChangeContext): CacheEvent<T> | undefined {
    const cached = this.#records.get(resource.key);
    if (cached !== undefined && !isNewer(resource, cached)) return undefined;
    return this.#put(resource, cached, resource.modRevision, context);
  }

  /**
   * Caches a listed record, if it is not what is cached. The list is the truth, so an older record counts too: that is
   * how the cache follows a store that was restored. The content is compared even when the revisions agree, so that a
   * damaged entry is found.
   *
   * @param revision - store revision of the list
   * @returns undefined when it is cached already
   */
  putDifferent(
    resource: ResourceRecord<T>,
    revision: bigint,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    const cached = this.#records.get(resource.key);
    if (cached !== undefined && isSame(resource, cached)) return undefined;
    return this.#put(resource, cached, revision, context);
  }

  /** Removes a cached record. @returns undefined when it is not cached */
  remove(
    key: string,
    cause: DeleteCause,
    revision: bigint,
    context: ChangeContext,
  ): CacheEvent<T> | undefined {
    const resource = this.#records.get(key);
    if (resource === undefined) return undefined;
    this.#records.delete(key);
    this.#bytes -= sizeOf(resource);
    return {
      type: 'DELETE',
      resourceType: this.type,
      resource,
      previous: undefined,
      cause,
      revision,
      ...timesOf(context),
    };
  }

  #put(
    resource: ResourceRecord<T>,
    previous: ResourceRecord<T> | undefined,
    revision: bigint,
    context: ChangeContext,
  ): CacheEvent<T> {
    this.#records.set(resource.key, resource);
    this.#bytes += sizeOf(resource) - (previous === undefined ? 0 : sizeOf(previous));
    const type = context.isFirstList ? 'INIT' : previous === undefined ? 'CREATE' : 'UPDATE';
    return {
      type,
      resourceType: this.type,
      resource,
      previous,
      cause: undefined,
      revision,
      ...timesOf(context),
    };
  }
}

function timesOf({
  receivedMs,
  committedMs,
}: ChangeContext): Pick<CacheEvent, 'receivedMs' | 'committedMs'> {
  return committedMs === undefined ? { receivedMs } : { receivedMs, committedMs };
}

function isNewer(
  resource: ResourceRecord<ResourceType>,
  cached: ResourceRecord<ResourceType>,
): boolean {
  if (resource.modRevision > cached.modRevision) return true;
  // A store that counts no revisions leaves the content to compare.
  return resource.modRevision === 0n && resource.encoded !== cached.encoded;
}

function isSame(
  resource: ResourceRecord<ResourceType>,
  cached: ResourceRecord<ResourceType>,
): boolean {
  return (
    resource.modRevision === cached.modRevision &&
    resource.createRevision === cached.createRevision &&
    resource.encoded === cached.encoded
  );
}

function sizeOf(record: ResourceRecord<ResourceType>): number {
  return overheadBytes + record.key.length + 2 * record.encoded.length;
}
