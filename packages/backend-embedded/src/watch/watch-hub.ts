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

/** Transactions in one batch of what a watch missed; a reader counts batches, not changes. */
const transactionsPerReplayBatch = 1000;

/** Shows durable transactions to everybody who watches. */
export class WatchHub {
  readonly #history: KeyHistory;
  readonly #watchers = new Set<Watcher>();
  #revision: bigint;
  #isClosed = false;

  /** @param revision - the revision of the store now */
  constructor(history: KeyHistory, revision: bigint) {
    this.#history = history;
    this.#revision = revision;
  }

  /** How many watches are under way. */
  get size(): number {
    return this.#watchers.size;
  }

  /** One session: what happened after a revision first, then what happens. */
  watch({ prefix, afterRevision, signal }: WatchRequest): Observable<KvWatchBatch> {
    return new Observable((subscriber) => {
      if (this.#isClosed || signal.aborted) {
        subscriber.complete();
        return undefined;
      }
      if (afterRevision < this.#history.floor) {
        subscriber.error(
          new WatchError('compacted', `history begins at revision ${this.#history.floor}`),
        );
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
      });
      const missed = [...this.#history.after(afterRevision)];
      for (let start = 0; start < missed.length; start += transactionsPerReplayBatch) {
        show(watcher, missed.slice(start, start + transactionsPerReplayBatch));
      }
      if (!subscriber.closed) this.#watchers.add(watcher);
      return undefined;
    });
  }

  /** Shows transactions that are in the history now. */
  publish(transactions: readonly StoredTransaction[]): void {
    this.#revision = transactions.at(-1)?.revision ?? this.#revision;
    for (const watcher of this.#watchers) {
      // Who began to watch while this runs has seen these in the history.
      if (watcher.revision < this.#revision) show(watcher, transactions);
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#isClosed = true;
    for (const { subscriber } of this.#watchers) subscriber.complete();
  }
}

function show(watcher: Watcher, transactions: readonly StoredTransaction[]): void {
  const { prefix, subscriber } = watcher;
  const revision = transactions.at(-1)?.revision;
  if (revision === undefined) return;
  const events = transactions
    .flatMap((transaction) => transaction.events)
    .filter((event) => keyOf(event).startsWith(prefix));
  watcher.revision = revision;
  subscriber.next({ events, revision });
}
