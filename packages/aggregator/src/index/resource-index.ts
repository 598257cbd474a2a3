import type { ResourceRecord, ResourceType } from '@service-center/sdcommon';

/** A view of a cache by something else than its keys. Always equal to what the cache's content implies. */
export interface ResourceIndex<T extends ResourceType> {
  /**
   * Takes over one change of the cache.
   *
   * @param previous - what was cached; undefined for a new record
   * @param next - what is cached now; undefined for a removed record
   */
  replace(previous: ResourceRecord<T> | undefined, next: ResourceRecord<T> | undefined): void;
}
