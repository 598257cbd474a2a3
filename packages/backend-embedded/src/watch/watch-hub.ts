import type { KvWatchBatch } from '@service-center/backend-kv';
import { WatchError } from '@service-center/sdcommon';
import { Observable, type Subscriber } from 'rxjs';

import type { KeyHistory } from '../keyspace/key-history.ts';
import { keyOf, type StoredTransaction } from '../keyspace/stored-event.ts';

/** How to watch. */
export interface WatchRequest {
  readonly prefix: string;
  readonly afterRevision: bigint;
  readonly signal: AbortSignal;
}

interface Watcher {
  readonly prefix: string;
  readonly subscriber: Subscriber<KvWatchBatch>;
  /** Everything up to here was shown. */
  revision: bigint;
}

/** Changes of what a watch missed that are shown before others get a turn; its reader decodes them, about 8 ms of work. */
const changesPerTurn = 1000;

/** Shows durable transactions to everybody who watches. */
export class WatchHub {
  readonly #history: KeyHistory;
  readonly #watchers = new Set<Watcher>();
  /** Who is still shown what happened before. */
  readonly #late = new Set<Watcher>();
  #revision: bigint;
  #isClosed = false;

  /** @param revision - the revision of the store now */
  constructor(history: KeyHistory, revision: bigint) {
    this.#history = history;
    this.#revision = revision;
  }

  /** How many watches are under way. */
  get size(): number {
    return this.#watchers.size + this.#late.size;
  }

  /** One session: what happened after a revision first, then what happens. */
  watch({ prefix, afterRevision, signal }: WatchRequest): Observable<KvWatchBatch> {
    return new Observable((subscriber) => {
      if (this.#isClosed || signal.aborted) {
        subscriber.complete();
        return undefined;
      }
      if (afterRevision > this.#revision) {
        subscriber.error(
          new WatchError('invalidPosition', `the store is at revision ${this.#revision}`),
        );
        return undefined;
      }
      const watcher: Watcher = { prefix, subscriber, revision: afterRevision };
      const onAbort = (): void => {
        subscriber.complete();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      subscriber.add(() => {
        signal.removeEventListener('abort', onAbort);
        this.#watchers.delete(watcher);
        this.#late.delete(watcher);
      });
      this.#catchUp(watcher);
      return undefined;
    });
  }

  /**
   * Shows transactions that are in the history now.
   *
   * @param committedMs - monotonic milliseconds at which they were known to be durable
   */
  publish(transactions: readonly StoredTransaction[], committedMs: number): void {
    this.#revision = transactions.at(-1)?.revision ?? this.#revision;
    for (const watcher of this.#watchers) {
      // Who began to watch while this runs has seen these in the history.
      if (watcher.revision < this.#revision) show(watcher, transactions, committedMs);
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#isClosed = true;
    for (const { subscriber } of [...this.#watchers, ...this.#late]) subscriber.complete();
  }

  /** Shows the next piece of what a watcher missed. Once it has seen all of it, it is shown what happens. */
  #catchUp(watcher: Watcher): void {
    this.#late.delete(watcher);
    if (hasLeft(watcher)) return;
    const { floor } = this.#history;
    if (watcher.revision < floor) {
      watcher.subscriber.error(new WatchError('compacted', `history begins at revision ${floor}`));
      return;
    }
    show(watcher, firstOf(this.#history.after(watcher.revision)));
    if (hasLeft(watcher)) return;
    if (watcher.revision >= this.#revision) {
      this.#watchers.add(watcher);
      return;
    }
    this.#late.add(watcher);
    setImmediate(() => {
      this.#catchUp(watcher);
    });
  }
}

// Asked through a function, so that the compiler does not take the answer for settled.
function hasLeft({ subscriber }: Watcher): boolean {
  return subscriber.closed;
}

/** As many transactions as have about the changes of a turn; at least one, if there is one. */
function firstOf(transactions: Iterable<StoredTransaction>): readonly StoredTransaction[] {
  const first: StoredTransaction[] = [];
  let changes = 0;
  for (const transaction of transactions) {
    first.push(transaction);
    changes += transaction.events.length;
    if (changes >= changesPerTurn) break;
  }
  return first;
}

/** @param committedMs - undefined for history */
function show(
  watcher: Watcher,
  transactions: readonly StoredTransaction[],
  committedMs?: number,
): void {
  const { prefix, subscriber } = watcher;
  const revision = transactions.at(-1)?.revision;
  if (revision === undefined) return;
  const events = transactions
    .flatMap((transaction) => transaction.events)
    .filter((event) => keyOf(event).startsWith(prefix));
  watcher.revision = revision;
  subscriber.next({ events, revision, ...(committedMs !== undefined && { committedMs }) });
}
