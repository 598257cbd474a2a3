import type { Waiter } from './waiter.ts';

interface Entry {
  readonly order: bigint;
  readonly waiter: Waiter;
}

/**
 * Waiters by the place they wait for, the nearest first: a binary heap. Positions are handed out in rising order, so
 * adding is normally one comparison.
 */
export class WaiterQueue {
  #heap: Entry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(order: bigint, waiter: Waiter): void {
    const heap = this.#heap;
    const entry = { order, waiter };
    let at = heap.length;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || parent.order <= order) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = entry;
  }

  /** Takes out the next waiter whose place is reached. */
  takeReached(order: bigint): Waiter | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.order > order) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first.waiter;
  }

  /** Takes out who no longer waits. */
  compact(): void {
    const waiting = this.#heap.filter(({ waiter }) => !waiter.isSettled);
    if (waiting.length === this.#heap.length) return;
    this.#heap = [];
    for (const { order, waiter } of waiting) this.add(order, waiter);
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = heap[childAt];
      const right = heap[childAt + 1];
      if (child !== undefined && right !== undefined && right.order < child.order) {
        child = right;
        childAt++;
      }
      if (child === undefined || child.order >= entry.order) break;
      heap[at] = child;
      at = childAt;
    }
    heap[at] = entry;
  }
}
