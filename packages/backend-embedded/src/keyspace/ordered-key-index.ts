import { compareKeys, keyOrderFor, type KeyOrder } from './key-order.ts';

/** A chunk is split when it grows beyond this: moving 512 pointers costs less than a level of a tree. */
const maxChunkLength = 512;

/**
 * A set of keys in the order of their UTF-8 bytes: sorted chunks under one sorted list of chunks.
 *
 * Insert and delete search twice (O(log n)) and move at most one chunk and one list of chunks; a scan costs one search
 * and then only what it returns.
 */
export class OrderedKeyIndex {
  /** No chunk is empty. */
  readonly #chunks: string[][] = [];
  #size = 0;

  /** Builds an index at once; much cheaper than adding one by one. @param keys - distinct, in any order */
  static of(keys: readonly string[]): OrderedKeyIndex {
    const index = new OrderedKeyIndex();
    const order = keys.every((key) => keyOrderFor(key) !== compareKeys) ? undefined : compareKeys;
    const sorted = keys.toSorted(order);
    const half = maxChunkLength / 2;
    for (let start = 0; start < sorted.length; start += half) {
      index.#chunks.push(sorted.slice(start, start + half));
    }
    index.#size = sorted.length;
    return index;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size;
  }

  /** Adds a key; nothing happens when it is there. */
  add(key: string): void {
    const order = keyOrderFor(key);
    const chunkIndex = Math.max(0, this.#lastChunkNotAfter(key, order));
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      this.#size = 1;
      return;
    }
    const position = firstNotBefore(chunk, key, order);
    if (chunk[position] === key) return;
    chunk.splice(position, 0, key);
    this.#size++;
    if (chunk.length > maxChunkLength) {
      this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(maxChunkLength / 2));
    }
  }

  /** Removes a key; nothing happens when it is not there. */
  delete(key: string): void {
    const order = keyOrderFor(key);
    const chunkIndex = this.#lastChunkNotAfter(key, order);
    const chunk = this.#chunks[chunkIndex];
    if (chunk === undefined) return;
    const position = firstNotBefore(chunk, key, order);
    if (chunk[position] !== key) return;
    chunk.splice(position, 1);
    this.#size--;
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
  }

  /**
   * The keys that start with a prefix, in order. The index must not be changed while the scan runs.
   *
   * @param afterKey - leaves out everything up to this key
   * @yields each key
   */
  *scan(prefix: string, afterKey?: string): Generator<string, void, undefined> {
    const start = afterKey !== undefined && compareKeys(afterKey, prefix) >= 0 ? afterKey : prefix;
    const order = keyOrderFor(start);
    let chunkIndex = Math.max(0, this.#lastChunkNotAfter(start, order));
    let chunk = this.#chunks[chunkIndex];
    let position = chunk === undefined ? 0 : firstNotBefore(chunk, start, order);
    while (chunk !== undefined) {
      for (; position < chunk.length; position++) {
        const key = chunk[position];
        if (key === undefined || key === afterKey) continue;
        if (!key.startsWith(prefix)) return;
        yield key;
      }
      chunkIndex++;
      chunk = this.#chunks[chunkIndex];
      position = 0;
    }
  }

  /** The chunk that holds the key if any does: the last one whose first key is not after it; -1 when all are after. */
  #lastChunkNotAfter(key: string, order: KeyOrder): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && order(first, key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function firstNotBefore(chunk: readonly string[], key: string, order: KeyOrder): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = chunk[middle];
    if (candidate !== undefined && order(candidate, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
