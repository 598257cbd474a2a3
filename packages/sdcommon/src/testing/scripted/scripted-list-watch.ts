import { Observable, type Subscriber } from 'rxjs';

import type { Backend } from '../../backend/backend.ts';
import type { Change, DeleteCause } from '../../source/change.ts';
import type {
  ListOptions,
  ListResult,
  ListWatch,
  ListWatchResponse,
  WatchOptions,
} from '../../source/list-watch.ts';
import type { Position } from '../../source/position.ts';
import { resourceTypes, type ResourceType } from '../../source/resource.ts';
import { WatchError } from '../../source/watch-error.ts';
import { storedId, type StoredRecord } from '../feed/stored-record.ts';
import type { ResourceDraft } from './resource-draft.ts';
import { deleteChange, putChange, putRecord, unreadableChange } from './scripted-change.ts';
import { ScriptedHistory } from './scripted-history.ts';

/** One step of a scripted transaction. */
export type ScriptedStep =
  | { readonly kind: 'put'; readonly draft: ResourceDraft }
  | { readonly kind: 'delete'; readonly draft: ResourceDraft; readonly cause: DeleteCause }
  | { readonly kind: 'unreadable'; readonly draft: ResourceDraft; readonly reason: string };

/**
 * A feed that does what a test says, to drive whoever follows a feed through every fault a store can have. It is no
 * backend: it has the order, the revisions and the errors of one, but nothing is durable and nothing takes time.
 *
 * A transaction reaches the open sessions before the call that made it returns, unless the feed is held.
 */
export class ScriptedListWatch implements ListWatch<ResourceType> {
  readonly types: readonly ResourceType[] = resourceTypes;
  /** What a follower of a backend takes: this feed and its position. */
  readonly backend: Pick<Backend, 'feed' | 'position'>;
  /** How often it was listed, failures included. */
  listCount = 0;
  /** How often it was watched, failures included. */
  watchCount = 0;
  /** How often the store was asked for its position. */
  positionCount = 0;

  #history: ScriptedHistory;
  readonly #sessions = new Set<Subscriber<ListWatchResponse<ResourceType>>>();
  readonly #listFailures: unknown[] = [];
  readonly #watchFailures: unknown[] = [];
  readonly #positionFailures: unknown[] = [];
  #held: ListWatchResponse<ResourceType>[] | undefined;
  #listGate: PromiseWithResolvers<void> | undefined;
  #positionGate: PromiseWithResolvers<void> | undefined;

  /** @param epoch - of the store's history. Default `epoch-1` */
  constructor(epoch = 'epoch-1') {
    this.#history = new ScriptedHistory(epoch, 1n);
    this.backend = { feed: this, position: (signal) => this.askPosition(signal) };
  }

  /** Where the feed stands. */
  get position(): Position {
    return this.#history.position;
  }

  /** How many sessions are open. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** What is stored now, ordered by key; does not count as a list and never fails. */
  stored(): ListResult<ResourceType> {
    return this.#history.list();
  }

  async list(options: ListOptions): Promise<ListResult<ResourceType>> {
    this.listCount++;
    await this.#listGate?.promise;
    options.signal.throwIfAborted();
    throwNext(this.#listFailures);
    return this.#history.list(options.at);
  }

  watch(options: WatchOptions): Observable<ListWatchResponse<ResourceType>> {
    return new Observable((subscriber) => {
      this.watchCount++;
      if (options.signal.aborted) {
        subscriber.complete();
        return;
      }
      try {
        throwNext(this.#watchFailures);
        const missed = this.#history.after(options.after);
        for (const response of missed) {
          if (this.#held?.includes(response) !== true) subscriber.next(response);
        }
      } catch (error) {
        subscriber.error(error);
        return;
      }
      const onAbort = (): void => {
        subscriber.complete();
      };
      options.signal.addEventListener('abort', onAbort, { once: true });
      subscriber.add(() => {
        options.signal.removeEventListener('abort', onAbort);
        this.#sessions.delete(subscriber);
      });
      this.#sessions.add(subscriber);
    });
  }

  /** What `backend.position` answers. */
  async askPosition(signal: AbortSignal): Promise<Position> {
    this.positionCount++;
    await this.#positionGate?.promise;
    signal.throwIfAborted();
    throwNext(this.#positionFailures);
    return this.position;
  }

  /** Stores records, in one transaction. */
  put(...drafts: readonly ResourceDraft[]): Position {
    return this.commit(drafts.map((draft) => ({ kind: 'put', draft })));
  }

  /** Removes records, in one transaction. */
  delete(cause: DeleteCause, ...drafts: readonly ResourceDraft[]): Position {
    return this.commit(drafts.map((draft) => ({ kind: 'delete', draft, cause })));
  }

  /** Spoils records: from now on they cannot be read. */
  spoil(reason: string, ...drafts: readonly ResourceDraft[]): Position {
    return this.commit(drafts.map((draft) => ({ kind: 'unreadable', draft, reason })));
  }

  /** One transaction over any types. A deletion of what is not stored leaves no trace. */
  commit(steps: readonly ScriptedStep[]): Position {
    const revision = this.#history.revision + 1n;
    const state = this.#history.state();
    const changes = steps.flatMap((step): Change[] => {
      const { type, key } = step.draft;
      const previous = state.get(storedId(type, key));
      switch (step.kind) {
        case 'put':
          return [putChange(putRecord(step.draft, previous, revision))];
        case 'delete':
          return previous === undefined
            ? []
            : [deleteChange(step.draft, previous, revision, step.cause)];
        case 'unreadable':
          return [unreadableChange(step.draft, revision, step.reason)];
      }
    });
    const response = this.#history.append(changes);
    this.send(response);
    return response.position;
  }

  /** Tells the open sessions where the feed stands. */
  bookmark(): void {
    this.send({ changes: [], position: this.position });
  }

  /** Sends the last transactions again, as a store that resumes a little too early does. */
  replay(count: number): void {
    for (const response of this.#history.last(count)) this.send(response);
  }

  /** Sends any response to the open sessions, whatever the history says. */
  send(response: ListWatchResponse<ResourceType>): void {
    if (this.#held !== undefined) {
      this.#held.push(response);
      return;
    }
    for (const session of this.#openSessions()) session.next(response);
  }

  /** From now on nothing is shown to sessions, until {@link release}. */
  hold(): void {
    this.#held ??= [];
  }

  /** Shows what was held, in order. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const response of held) this.send(response);
  }

  /** From now on lists do not answer, until {@link releaseLists}. */
  holdLists(): void {
    this.#listGate ??= Promise.withResolvers();
  }

  /** Lets lists answer. */
  releaseLists(): void {
    this.#listGate?.resolve();
    this.#listGate = undefined;
  }

  /** From now on the position is not answered, until {@link releasePositions}. */
  holdPositions(): void {
    this.#positionGate ??= Promise.withResolvers();
  }

  /** Lets positions be answered. */
  releasePositions(): void {
    this.#positionGate?.resolve();
    this.#positionGate = undefined;
  }

  /** Has the next lists fail, one for each error. */
  failLists(...errors: readonly unknown[]): void {
    this.#listFailures.push(...errors);
  }

  /** Has the next watches fail at once, one for each error. */
  failWatches(...errors: readonly unknown[]): void {
    this.#watchFailures.push(...errors);
  }

  /** Has the next questions for the position fail, one for each error. */
  failPositions(...errors: readonly unknown[]): void {
    this.#positionFailures.push(...errors);
  }

  /** Ends the open sessions with an error. */
  breakSessions(error: unknown = new WatchError('transport', 'connection reset')): void {
    for (const session of this.#openSessions()) session.error(error);
  }

  /** Ends the open sessions the regular way: the position stays good. */
  endSessions(): void {
    for (const session of this.#openSessions()) session.complete();
  }

  /** Forgets the history before a position. Default: before now. Open sessions go on. */
  compact(before: Position = this.position): void {
    this.#history.compact(before.order);
  }

  /**
   * Replaces the store by another one, as a restored backup does: sessions end, positions of before are lost.
   *
   * @param epoch - of the new history; the same as before for a store that cannot tell, like etcd
   * @param drafts - what is stored in it
   * @param revision - of the new history, possibly lower than before
   */
  restore(epoch: string, drafts: readonly ResourceDraft[], revision = 1n): void {
    const base = new Map<string, StoredRecord>();
    for (const draft of drafts) {
      const resource = putRecord(draft, undefined, revision);
      base.set(storedId(resource.type, resource.key), resource);
    }
    this.#history = new ScriptedHistory(epoch, revision, base);
    if (this.#held !== undefined) this.#held = [];
    this.breakSessions(new WatchError('invalidPosition', 'the store was replaced'));
  }

  /** The sessions of this moment: one that a follower opens meanwhile reads the history itself. */
  #openSessions(): readonly Subscriber<ListWatchResponse<ResourceType>>[] {
    return this.#sessions.values().toArray();
  }
}

function throwNext(failures: unknown[]): void {
  if (failures.length > 0) throw failures.shift();
}
