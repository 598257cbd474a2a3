import type { UnreadableChange } from '../../source/change.ts';
import type { ListResult } from '../../source/list-watch.ts';
import type { Position } from '../../source/position.ts';
import type { Resource, ResourceType } from '../../source/resource.ts';

/** What is stored under one key: a record, or one that cannot be read. */
export type StoredRecord = Resource | UnreadableChange<ResourceType>;

/** What a record is stored under: its key is unique within its type only. */
export function storedId(type: ResourceType, key: string): string {
  return `${type}\0${key}`;
}

/** Whether a stored record cannot be read. */
export function isUnreadable(record: StoredRecord): record is UnreadableChange<ResourceType> {
  return 'action' in record;
}

/** Makes a list of stored records, in ascending order of keys. */
export function listOf(
  records: Iterable<StoredRecord>,
  position: Position,
): ListResult<ResourceType> {
  const resources: Resource[] = [];
  const unreadable: UnreadableChange<ResourceType>[] = [];
  for (const record of [...records].toSorted(byKey)) {
    if (isUnreadable(record)) unreadable.push(record);
    else resources.push(record);
  }
  return { position, resources, unreadable };
}

function byKey(left: StoredRecord, right: StoredRecord): number {
  return left.key === right.key ? 0 : left.key < right.key ? -1 : 1;
}
