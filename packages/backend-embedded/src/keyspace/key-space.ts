import { OrderedKeyIndex } from './ordered-key-index.ts';
import type { StoredEvent } from './stored-event.ts';
import type { StoredRecord } from './stored-record.ts';

/** What can be read at one moment: the durable keys, or those with pending changes laid over them. */
export interface KeyView {
  get(key: string): StoredRecord | undefined;
  /** The keys that start with a prefix, in order. */
  scan(prefix: string, afterKey?: string): Iterable<string>;
}

/** The durable keys with their latest records. */
export class KeySpace implements KeyView {
  readonly #records: Map<string, StoredRecord>;
  readonly #index: OrderedKeyIndex;

  /** @param records - by key; taken over */
  constructor(records: Map<string, StoredRecord> = new Map()) {
    this.#records = records;
    this.#index = OrderedKeyIndex.of([...records.keys()]);
  }

  /** How many keys there are. */
  get size(): number {
    return this.#records.size;
  }

  get(key: string): StoredRecord | undefined {
    return this.#records.get(key);
  }

  scan(prefix: string, afterKey?: string): Iterable<string> {
    return this.#index.scan(prefix, afterKey);
  }

  /** Takes over a change that is durable now. */
  apply(event: StoredEvent): void {
    if (event.kind === 'delete') {
      this.#records.delete(event.key);
      this.#index.delete(event.key);
      return;
    }
    if (event.previous === undefined) this.#index.add(event.record.key);
    this.#records.set(event.record.key, event.record);
  }
}
