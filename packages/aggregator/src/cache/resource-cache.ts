import type { ResourceRecord, ResourceType } from '@service-center/sdcommon';

/** All records of one type as far as the feed has shown them. Read only; a live view. */
export interface ResourceCache<T extends ResourceType> {
  readonly type: T;
  /** How many records there are. */
  readonly size: number;
  /** What the records take in memory, bytes; an estimate. */
  readonly bytes: number;
  get(key: string): ResourceRecord<T> | undefined;
  /** In no particular order. */
  values(): IterableIterator<ResourceRecord<T>>;
}
