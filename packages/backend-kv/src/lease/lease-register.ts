import { leaseSeconds, type Clock, type ResourceRecord } from '@service-center/sdcommon';

/** What is known of the lease that keeps an instance alive. */
export interface KnownLease {
  readonly id: bigint;
  /** Store revision at which the instance hung on it. */
  readonly revision: bigint;
  /** How long it lives without a renewal. */
  readonly ttlSeconds: number;
  /** Monotonic milliseconds at which it was last known to be alive. */
  readonly confirmedMs: number;
}

/** A lease that the store has just granted or renewed. */
export type ConfirmedLease = Omit<KnownLease, 'confirmedMs'>;

/**
 * Which lease each instance hangs on, so that a heartbeat needs no read of the store (design §3.1).
 *
 * It follows the feed and this server's own writes. Several sessions of the feed may tell it the same, or an older one
 * the past; revisions decide. A wrong entry does no harm: its lease is not found, and the store is read.
 *
 * Instances are named by their keys, whose strings the records of the feed own anyway.
 */
export class LeaseRegister {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Mutable<KnownLease>>();

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  /** How many instances have a known lease. */
  get size(): number {
    return this.#leases.size;
  }

  /** The lease of the instance under a key. */
  get(key: string): KnownLease | undefined {
    return this.#leases.get(key);
  }

  /** Takes note of an instance as the store has it; `lease` is 0 when it hangs on none. */
  see({ key, value, modRevision }: ResourceRecord<'INSTANCE'>, lease: bigint): void {
    const known = this.#leases.get(key);
    if (known !== undefined && known.revision >= modRevision) return;
    if (lease === 0n) {
      this.#leases.delete(key);
      return;
    }
    if (known?.id === lease) {
      known.revision = modRevision;
      return;
    }
    this.#leases.set(key, {
      id: lease,
      revision: modRevision,
      // Only the store knows the real one until the first renewal: a configured value may replace the instance's own.
      ttlSeconds: leaseSeconds(value.healthCheck) ?? 0,
      confirmedMs: this.#clock.monotonicMs(),
    });
  }

  /** Takes note that the store has just granted or renewed the lease of the instance under a key. */
  confirm(key: string, { id, revision, ttlSeconds }: ConfirmedLease): void {
    const confirmedMs = this.#clock.monotonicMs();
    const known = this.#leases.get(key);
    if (known?.id === id) {
      if (known.revision < revision) known.revision = revision;
      known.ttlSeconds = ttlSeconds;
      known.confirmedMs = confirmedMs;
    } else if (known === undefined || known.revision <= revision) {
      this.#leases.set(key, { id, revision, ttlSeconds, confirmedMs });
    }
  }

  /** Drops the entry of a key, unless it is newer than the revision. */
  forget(key: string, revision: bigint): void {
    const known = this.#leases.get(key);
    if (known !== undefined && known.revision <= revision) this.#leases.delete(key);
  }

  /** Drops what a complete list of the instances at a revision does not have. */
  retain(keys: readonly string[], revision: bigint): void {
    // Everything listed was seen, so there is no more than that unless something is left over. Where the numbers agree
    // by chance an entry stays too long, which does no harm.
    if (this.#leases.size <= keys.length) return;
    const listed = new Set(keys);
    for (const [key, { revision: known }] of this.#leases) {
      if (known <= revision && !listed.has(key)) this.#leases.delete(key);
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
