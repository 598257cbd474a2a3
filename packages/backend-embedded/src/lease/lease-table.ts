import { randomFillSync } from 'node:crypto';

import { LeaseWheel } from './lease-wheel.ts';
import type { Lease } from './lease.ts';

/** Random bytes cost the same for one id as for a thousand. */
const idsPerFill = 1024;

/** Keeps ids positive. */
const idBits = 63;

/**
 * All leases with their deadlines and keys. They live in memory: the keys on disk tell which leases there are, and
 * after a restart each begins with its full time to live.
 */
export class LeaseTable {
  readonly #leases = new Map<bigint, Lease>();
  readonly #wheel = new LeaseWheel();
  readonly #randomIds = new BigUint64Array(idsPerFill);
  #randomIdsUsed = idsPerFill;

  /** How many leases there are. */
  get size(): number {
    return this.#leases.size;
  }

  /** Creates a lease. @param ttlSeconds - a positive whole number */
  grant(ttlSeconds: number, nowMs: number): Lease {
    let id = this.#randomId();
    while (id === 0n || this.#leases.has(id)) id = this.#randomId();
    return this.#add(id, ttlSeconds, nowMs);
  }

  /** The lease of a record that was read from disk. */
  restore(id: bigint, ttlSeconds: number, nowMs: number): Lease {
    return this.#leases.get(id) ?? this.#add(id, ttlSeconds, nowMs);
  }

  get(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  /** Starts the lease's time anew. */
  renew(lease: Lease, nowMs: number): void {
    // The wheel is not touched: when it comes to the old deadline, it finds the new one.
    lease.deadlineMs = nowMs + lease.ttlSeconds * 1000;
  }

  remove(lease: Lease): void {
    this.#leases.delete(lease.id);
  }

  /** Lets a key hang on another lease than before; 0 for none. */
  move(key: string, from: bigint, to: bigint): void {
    if (from === to) return;
    const source = this.#leases.get(from);
    if (source !== undefined) source.keys = source.keys.filter((other) => other !== key);
    const target = this.#leases.get(to);
    if (target !== undefined) target.keys = target.keys.concat(key);
  }

  /** Takes the leases whose time is over out of the wheel; each stays in the table until it is removed. */
  takeExpired(nowMs: number): Lease[] {
    const expired: Lease[] = [];
    for (const lease of this.#wheel.take(nowMs)) {
      if (this.#leases.get(lease.id) !== lease) continue;
      if (lease.deadlineMs <= nowMs) expired.push(lease);
      else this.#wheel.add(lease, lease.deadlineMs);
    }
    return expired;
  }

  /** Looks at a lease again later that {@link takeExpired} gave and that could not be removed. */
  postpone(lease: Lease, atMs: number): void {
    this.#wheel.add(lease, atMs);
  }

  #add(id: bigint, ttlSeconds: number, nowMs: number): Lease {
    const deadlineMs = nowMs + ttlSeconds * 1000;
    const lease: Lease = { id, ttlSeconds, deadlineMs, keys: [], removal: undefined };
    this.#leases.set(id, lease);
    this.#wheel.add(lease, deadlineMs);
    return lease;
  }

  #randomId(): bigint {
    if (this.#randomIdsUsed >= this.#randomIds.length) {
      randomFillSync(this.#randomIds);
      this.#randomIdsUsed = 0;
    }
    return BigInt.asUintN(idBits, this.#randomIds[this.#randomIdsUsed++] ?? 0n);
  }
}
