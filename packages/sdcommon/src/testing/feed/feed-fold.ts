import type { Change } from '../../source/change.ts';
import type { ListResult, ListWatchResponse } from '../../source/list-watch.ts';
import type { Position } from '../../source/position.ts';
import type { ResourceType } from '../../source/resource.ts';
import { isUnreadable, listOf, storedId, type StoredRecord } from './stored-record.ts';

/** A feed broke a promise of {@link ListWatch}. */
export class FeedViolation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FeedViolation';
  }
}

/**
 * Folds a feed over a list, as every follower does, and holds each response against what a feed promises (spec 03
 * §12.7 I2, I3, I6, I9): positions only grow, changes come in store order, each key's history has no gap, no
 * repetition and no impossible step, and a deletion carries the last value.
 */
export class FeedFold {
  #position: Position;
  readonly #records = new Map<string, StoredRecord>();

  /** @param list - where the fold starts */
  constructor(list: ListResult<ResourceType>) {
    this.#position = list.position;
    for (const record of [...list.resources, ...list.unreadable]) {
      this.#records.set(storedId(record.type, record.key), record);
    }
  }

  /** Up to where the feed was folded. */
  get position(): Position {
    return this.#position;
  }

  /** What is stored, ordered like a list. */
  list(): ListResult<ResourceType> {
    return listOf(this.#records.values(), this.#position);
  }

  /** @throws FeedViolation */
  apply(response: ListWatchResponse<ResourceType>): void {
    const { changes, position } = response;
    if (position.epoch !== this.#position.epoch) {
      throw new FeedViolation(
        `a session of epoch ${this.#position.epoch} went on in epoch ${position.epoch}`,
      );
    }
    const isAhead = position.order > this.#position.order;
    if (!isAhead && (changes.length > 0 || position.order < this.#position.order)) {
      throw new FeedViolation(
        `position ${position.order} with ${changes.length} change(s) came after ${this.#position.order}`,
      );
    }
    let last = this.#position.order;
    for (const change of changes) {
      const revision = changeRevision(change);
      const wasSeen = revision === this.#position.order || revision < last;
      if (wasSeen || revision > position.order) {
        throw new FeedViolation(
          `${describeChange(change)} came after revision ${last} in a response up to ${position.order}`,
        );
      }
      last = revision;
      this.#step(change);
    }
    this.#position = position;
  }

  #step(change: Change): void {
    const id = storedId(change.type, change.action === 'put' ? change.resource.key : change.key);
    const known = this.#records.get(id);
    const problem = impossibleStep(change, known);
    if (problem !== undefined) throw new FeedViolation(`${describeChange(change)}: ${problem}`);
    if (change.action === 'put') this.#records.set(id, change.resource);
    else if (change.action === 'unreadable') this.#records.set(id, change);
    else this.#records.delete(id);
  }
}

/**
 * What is stored after responses, starting from a list.
 *
 * @throws FeedViolation
 */
export function foldFeed(
  list: ListResult<ResourceType>,
  responses: Iterable<ListWatchResponse<ResourceType>>,
): ListResult<ResourceType> {
  const fold = new FeedFold(list);
  for (const response of responses) fold.apply(response);
  return fold.list();
}

/** Store revision of a change. */
export function changeRevision(change: Change): bigint {
  return change.action === 'put' ? change.resource.modRevision : change.revision;
}

function impossibleStep(change: Change, known: StoredRecord | undefined): string | undefined {
  const knownRevision = revisionOf(known);
  if (changeRevision(change) <= knownRevision) {
    return `the key was seen at revision ${knownRevision} already`;
  }
  if (change.action === 'unreadable') return undefined;
  if (change.action === 'delete') {
    if (known === undefined) return 'the key is not stored';
    if (isUnreadable(known)) return undefined;
    const isLast = change.previous?.modRevision === known.modRevision;
    return isLast ? undefined : `the last value seen is of revision ${known.modRevision}`;
  }
  const { createRevision, version } = change.resource;
  if (known === undefined) return version === 1n ? undefined : 'its creation was not seen';
  if (isUnreadable(known)) return undefined;
  if (createRevision !== known.createRevision) return 'its deletion was not seen';
  return version === known.version + 1n ? undefined : `version ${known.version} was seen last`;
}

function revisionOf(record: StoredRecord | undefined): bigint {
  if (record === undefined) return -1n;
  return isUnreadable(record) ? record.revision : record.modRevision;
}

function describeChange(change: Change): string {
  if (change.action !== 'put') {
    return `${change.action} of ${change.type} ${change.key} at revision ${change.revision}`;
  }
  const { key, modRevision, version } = change.resource;
  return `put of ${change.type} ${key} at revision ${modRevision}, version ${version}`;
}
