import type { Change } from '../../source/change.ts';
import type { ListResult, ListWatchResponse } from '../../source/list-watch.ts';
import type { Position } from '../../source/position.ts';
import type { ResourceType } from '../../source/resource.ts';
import { WatchError } from '../../source/watch-error.ts';
import { listOf, storedId, type StoredRecord } from '../feed/stored-record.ts';

/** The transactions of a scripted store, of which the oldest may be forgotten. */
export class ScriptedHistory {
  readonly epoch: string;
  #revision: bigint;
  #compacted: bigint;
  /** What was stored at the compacted revision. */
  #base: ReadonlyMap<string, StoredRecord>;
  #responses: ListWatchResponse<ResourceType>[] = [];

  /** @param revision - of the store before its first transaction */
  constructor(
    epoch: string,
    revision: bigint,
    base: ReadonlyMap<string, StoredRecord> = new Map<string, StoredRecord>(),
  ) {
    this.epoch = epoch;
    this.#revision = revision;
    this.#compacted = revision;
    this.#base = new Map(base);
  }

  get revision(): bigint {
    return this.#revision;
  }

  get position(): Position {
    return this.positionAt(this.#revision);
  }

  positionAt(revision: bigint): Position {
    return { order: revision, epoch: this.epoch, resume: String(revision) };
  }

  /** Adds one transaction. */
  append(changes: readonly Change[]): ListWatchResponse<ResourceType> {
    this.#revision++;
    const response = { changes, position: this.position };
    this.#responses.push(response);
    return response;
  }

  /** The transactions after a position. @throws WatchError when they are no longer kept, or never were */
  after(position: Position): readonly ListWatchResponse<ResourceType>[] {
    this.#check(position);
    return this.#responses.filter((response) => response.position.order > position.order);
  }

  /** The last transactions, oldest first. */
  last(count: number): readonly ListWatchResponse<ResourceType>[] {
    return count <= 0 ? [] : this.#responses.slice(-count);
  }

  /** What is stored at a position, ordered by key. @throws WatchError when it is no longer kept, or never was */
  list(at: Position = this.position): ListResult<ResourceType> {
    this.#check(at);
    return listOf(this.#stateAt(at.order).values(), at);
  }

  /** What is stored now. */
  state(): ReadonlyMap<string, StoredRecord> {
    return this.#stateAt(this.#revision);
  }

  /** Forgets what happened before a revision, which stays readable itself. */
  compact(revision: bigint): void {
    this.#base = this.#stateAt(revision);
    this.#responses = this.#responses.filter((response) => response.position.order > revision);
    this.#compacted = revision;
  }

  #stateAt(revision: bigint): Map<string, StoredRecord> {
    const state = new Map(this.#base);
    for (const { changes, position } of this.#responses) {
      if (position.order > revision) break;
      for (const change of changes) {
        const id = storedId(change.type, changeKey(change));
        if (change.action === 'put') state.set(id, change.resource);
        else if (change.action === 'unreadable') state.set(id, change);
        else state.delete(id);
      }
    }
    return state;
  }

  #check(position: Position): void {
    if (position.epoch !== this.epoch) {
      throw new WatchError(
        'invalidPosition',
        `position belongs to epoch ${position.epoch}, the store is at epoch ${this.epoch}`,
      );
    }
    if (position.order > this.#revision) {
      throw new WatchError(
        'invalidPosition',
        `position ${position.order} lies beyond the store's revision ${this.#revision}`,
      );
    }
    if (position.order < this.#compacted) {
      throw new WatchError(
        'compacted',
        `position ${position.order} is older than the compacted revision ${this.#compacted}`,
      );
    }
  }
}

function changeKey(change: Change): string {
  return change.action === 'put' ? change.resource.key : change.key;
}
