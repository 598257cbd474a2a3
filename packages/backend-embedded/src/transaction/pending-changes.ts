import { OrderedKeyIndex } from '../keyspace/ordered-key-index.ts';
import { keyOf, recordAfter, type StoredEvent } from '../keyspace/stored-event.ts';
import type { KeySpace, KeyView } from '../keyspace/key-space.ts';
import { compareKeys } from '../keyspace/key-order.ts';
import type { StoredRecord } from '../keyspace/stored-record.ts';

interface PendingKey {
  readonly record: StoredRecord | undefined;
  /** The revision of the latest pending change. */
  readonly revision: bigint;
}

/**
 * Changes that are decided and not yet durable, laid over the durable keys: what the next transaction is decided
 * against, and nobody else may see.
 */
export class PendingChanges implements KeyView {
  readonly #durable: KeySpace;
  readonly #pending = new Map<string, PendingKey>();
  readonly #index = new OrderedKeyIndex();

  constructor(durable: KeySpace) {
    this.#durable = durable;
  }

  /** How many keys have pending changes. */
  get size(): number {
    return this.#pending.size;
  }

  get(key: string): StoredRecord | undefined {
    const pending = this.#pending.get(key);
    return pending === undefined ? this.#durable.get(key) : pending.record;
  }

  /**
   * What has pending changes.
   *
   * @yields each key with its record after the last of them
   */
  *entries(): Generator<readonly [key: string, record: StoredRecord | undefined]> {
    for (const [key, { record }] of this.#pending) yield [key, record];
  }

  *scan(prefix: string, afterKey?: string): Generator<string, void, undefined> {
    const pending = this.#index.scan(prefix, afterKey);
    let next = pending.next();
    for (const key of this.#durable.scan(prefix, afterKey)) {
      while (next.done !== true && compareKeys(next.value, key) < 0) {
        if (this.get(next.value) !== undefined) yield next.value;
        next = pending.next();
      }
      if (next.done !== true && next.value === key) next = pending.next();
      if (this.get(key) !== undefined) yield key;
    }
    for (; next.done !== true; next = pending.next()) {
      if (this.get(next.value) !== undefined) yield next.value;
    }
  }

  /** Lays a decided change on top. */
  add(event: StoredEvent): void {
    const key = keyOf(event);
    const revision = event.kind === 'put' ? event.record.modRevision : event.revision;
    if (!this.#pending.has(key)) this.#index.add(key);
    this.#pending.set(key, { record: recordAfter(event), revision });
  }

  /** Takes a change away that the durable keys have now. */
  settle(event: StoredEvent): void {
    const key = keyOf(event);
    const revision = event.kind === 'put' ? event.record.modRevision : event.revision;
    if (this.#pending.get(key)?.revision !== revision) return;
    this.#pending.delete(key);
    this.#index.delete(key);
  }

  /** Takes all changes away: none of them will be durable. */
  clear(): void {
    this.#pending.clear();
    this.#index.clear();
  }
}
