import type { UnreadableChange } from '../../source/change.ts';
import type { ListResult } from '../../source/list-watch.ts';
import type { Position } from '../../source/position.ts';
import { resourceTypes, type Resource, type ResourceType } from '../../source/resource.ts';

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

/** Makes a list of stored records, in the order of a list. */
export function listOf(
  records: Iterable<StoredRecord>,
  position: Position,
): ListResult<ResourceType> {
  const resources: Resource[] = [];
  const unreadable: UnreadableChange<ResourceType>[] = [];
  for (const record of [...records].toSorted(inListOrder)) {
    if (isUnreadable(record)) unreadable.push(record);
    else resources.push(record);
  }
  return { position, resources, unreadable };
}

function inListOrder(left: StoredRecord, right: StoredRecord): number {
  if (left.type !== right.type) {
    return resourceTypes.indexOf(left.type) - resourceTypes.indexOf(right.type);
  }
  return left.key === right.key ? 0 : left.key < right.key ? -1 : 1;
}
