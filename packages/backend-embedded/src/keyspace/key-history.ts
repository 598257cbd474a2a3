import { keyOf, type StoredEvent, type StoredTransaction } from './stored-event.ts';
import type { StoredRecord } from './stored-record.ts';

/** How much history is kept (spec 00, decision 25). */
export interface HistoryLimits {
  /** Changes. Default 100,000. */
  readonly maxChanges?: number;
  /** Bytes of keys and values, at most. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** What an event itself costs beside its texts: the event, a record with its numbers and its place in the lists. */
const bytesPerEvent = 200;

/**
 * The latest transactions, oldest first: what watches continue from and what older revisions are read with.
 */
export class KeyHistory {
  readonly #maxChanges: number;
  readonly #maxBytes: number;
  /** Emptied up to the head, so that what is forgotten is let go of at once. */
  #transactions: (StoredTransaction | undefined)[] = [];
  #head = 0;
  #changes = 0;
  #bytes = 0;
  #floor: bigint;

  /** @param floor - the revision at which history begins */
  constructor(floor: bigint, limits: HistoryLimits = {}) {
    this.#floor = floor;
    this.#maxChanges = limits.maxChanges ?? 100_000;
    this.#maxBytes = limits.maxBytes ?? 64 * 1024 * 1024;
  }

  /** The oldest revision that can still be read and watched from. */
  get floor(): bigint {
    return this.#floor;
  }

  /** How many changes are kept. */
  get changes(): number {
    return this.#changes;
  }

  /** An upper bound of the bytes that the kept changes hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the next transaction and forgets what no longer fits. */
  append(transaction: StoredTransaction): void {
    this.#transactions.push(transaction);
    this.#changes += transaction.events.length;
    for (const event of transaction.events) this.#bytes += sizeOf(event);
    while (this.#changes > this.#maxChanges || this.#bytes > this.#maxBytes) {
      if (!this.#dropOldest()) break;
    }
  }

  /** Forgets what is needed only for revisions before the given one. */
  compact(revision: bigint): void {
    for (;;) {
      const oldest = this.#transactions[this.#head];
      if (oldest === undefined || oldest.revision > revision) break;
      this.#dropOldest();
    }
    if (revision > this.#floor) this.#floor = revision;
  }

  /**
   * What happened after a revision that is not below {@link floor}.
   *
   * @yields each transaction, in order
   */
  *after(revision: bigint): Generator<StoredTransaction, void, undefined> {
    for (let index = this.#firstAfter(revision); index < this.#transactions.length; index++) {
      const transaction = this.#transactions[index];
      if (transaction !== undefined) yield transaction;
    }
  }

  /**
   * The records that keys of a prefix had at a revision that is not below {@link floor}; only of keys that changed
   * since. `undefined`: the key did not exist.
   */
  recordsAt(revision: bigint, prefix: string): Map<string, StoredRecord | undefined> {
    const records = new Map<string, StoredRecord | undefined>();
    for (const transaction of this.after(revision)) {
      for (const event of transaction.events) {
        const key = keyOf(event);
        // The first change after the revision tells what was there at the revision.
        if (key.startsWith(prefix) && !records.has(key)) records.set(key, event.previous);
      }
    }
    return records;
  }

  #dropOldest(): boolean {
    const oldest = this.#transactions[this.#head];
    if (oldest === undefined) return false;
    this.#transactions[this.#head] = undefined;
    this.#head++;
    this.#floor = oldest.revision;
    this.#changes -= oldest.events.length;
    for (const event of oldest.events) this.#bytes -= sizeOf(event);
    // Moves at most as much as was dropped since the last time, so dropping stays cheap on average.
    if (this.#head * 2 >= this.#transactions.length) {
      this.#transactions = this.#transactions.slice(this.#head);
      this.#head = 0;
    }
    return true;
  }

  #firstAfter(revision: bigint): number {
    let low = this.#head;
    let high = this.#transactions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const transaction = this.#transactions[middle];
      if (transaction !== undefined && transaction.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Counts two bytes a character, so that no text is larger than counted. */
function sizeOf(event: StoredEvent): number {
  const previous = event.previous?.value.length ?? 0;
  const value = event.kind === 'put' ? event.record.value.length : 0;
  return bytesPerEvent + 2 * (keyOf(event).length + value + previous);
}
