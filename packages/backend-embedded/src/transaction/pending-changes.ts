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
    // There are as many pending keys as requests under way, and only a deletion scans: an index of them would cost
    // every write more than this costs those.
    const pending = [...this.#pending.keys()]
      .filter((key) => key.startsWith(prefix))
      .filter((key) => afterKey === undefined || compareKeys(key, afterKey) > 0)
      .toSorted(compareKeys);
    let next = 0;
    for (const key of this.#durable.scan(prefix, afterKey)) {
      for (
        let candidate = pending[next];
        candidate !== undefined && compareKeys(candidate, key) <= 0;
        candidate = pending[next]
      ) {
        if (candidate !== key && this.get(candidate) !== undefined) yield candidate;
        next++;
      }
      if (this.get(key) !== undefined) yield key;
    }
    for (const key of pending.slice(next)) {
      if (this.get(key) !== undefined) yield key;
    }
  }

  /** Lays a decided change on top. */
  add(event: StoredEvent): void {
    const key = keyOf(event);
    const revision = event.kind === 'put' ? event.record.modRevision : event.revision;
    this.#pending.set(key, { record: recordAfter(event), revision });
  }

  /** Takes a change away that the durable keys have now. */
  settle(event: StoredEvent): void {
    const key = keyOf(event);
    const revision = event.kind === 'put' ? event.record.modRevision : event.revision;
    if (this.#pending.get(key)?.revision !== revision) return;
    this.#pending.delete(key);
  }

  /** Takes all changes away: none of them will be durable. */
  clear(): void {
    this.#pending.clear();
  }
}
