import type { Lease } from './lease.ts';

const slotMs = 100;

/**
 * Finds the leases whose deadline may have come, in slots of 100 ms.
 *
 * A renewal does not move a lease: it is looked at once at its old deadline and goes on to the new one. So a lease
 * costs one look in its time to live, however often it is renewed.
 */
export class LeaseWheel {
  readonly #slots = new Map<number, Lease[]>();
  /** All slots before this one are empty. */
  #nextSlot = Number.NEGATIVE_INFINITY;

  /** Has a lease looked at when a time has come. */
  add(lease: Lease, atMs: number): void {
    const slot = Math.max(Math.ceil(atMs / slotMs), this.#nextSlot);
    const leases = this.#slots.get(slot);
    if (leases === undefined) this.#slots.set(slot, [lease]);
    else leases.push(lease);
  }

  /** Takes out everything whose time has come. */
  take(nowMs: number): Lease[] {
    const nowSlot = Math.floor(nowMs / slotMs);
    const taken: Lease[] = [];
    const due = [...this.#slots.keys()].filter((slot) => slot <= nowSlot).toSorted((a, b) => a - b);
    for (const slot of due) {
      for (const lease of this.#slots.get(slot) ?? []) taken.push(lease);
      this.#slots.delete(slot);
    }
    this.#nextSlot = nowSlot + 1;
    return taken;
  }
}
