import type { Change, DeleteCause } from '../../source/change.ts';
import type { Resource, ResourceType } from '../../source/resource.ts';
import { isUnreadable, type StoredRecord } from '../feed/stored-record.ts';
import type { ResourceDraft } from './resource-draft.ts';

/** Gives a draft its place in a history, after what was stored under its key before. */
export function putRecord<T extends ResourceType>(
  draft: ResourceDraft<T>,
  previous: StoredRecord | undefined,
  revision: bigint,
): Resource<T> {
  const known = previous === undefined || isUnreadable(previous) ? undefined : previous;
  return {
    ...draft,
    createRevision: known?.createRevision ?? revision,
    modRevision: revision,
    version: (known?.version ?? 0n) + 1n,
  };
}

/** A record came into being or changed. */
export function putChange<T extends ResourceType>(resource: Resource<T>): Change<T> {
  return { action: 'put', type: resource.type, resource };
}

/** A record went away; one that could not be read goes without its last value. */
export function deleteChange<T extends ResourceType>(
  draft: ResourceDraft<T>,
  previous: StoredRecord,
  revision: bigint,
  cause: DeleteCause,
): Change<T> {
  return {
    action: 'delete',
    type: draft.type,
    key: draft.key,
    identity: draft.identity,
    revision,
    previous: isResourceOf(previous, draft.type) ? previous : undefined,
    cause,
  };
}

/** A record can no longer be read. */
export function unreadableChange<T extends ResourceType>(
  draft: ResourceDraft<T>,
  revision: bigint,
  reason: string,
): Change<T> {
  return { action: 'unreadable', type: draft.type, key: draft.key, revision, reason };
}

function isResourceOf<T extends ResourceType>(
  record: StoredRecord,
  type: T,
): record is StoredRecord & Resource<T> {
  return !isUnreadable(record) && record.type === type;
}
