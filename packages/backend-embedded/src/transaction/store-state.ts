import type { KvTransaction } from '@service-center/backend-kv';
import type { DeleteCause } from '@service-center/sdcommon';

import type { KeyHistory } from '../keyspace/key-history.ts';
import type { KeySpace } from '../keyspace/key-space.ts';
import {
  keyOf,
  recordAfter,
  type StoredEvent,
  type StoredTransaction,
} from '../keyspace/stored-event.ts';
import type { LeaseTable } from '../lease/lease-table.ts';
import type { Lease } from '../lease/lease.ts';
import { decide, type Decision } from './decide.ts';
import { PendingChanges } from './pending-changes.ts';

/** What a {@link StoreState} starts with. */
export interface StoreStateOptions {
  readonly keys: KeySpace;
  readonly history: KeyHistory;
  readonly leases: LeaseTable;
  readonly revision: bigint;
  /** The first row that no record has. */
  readonly nextRowId: number;
}

/** What was decided for one transaction. */
export interface Decided extends Decision {
  /** The store's revision after it, once everything decided so far is durable. */
  readonly revision: bigint;
  /** What it writes; undefined for nothing. */
  readonly transaction: StoredTransaction | undefined;
}

/**
 * The whole content of the store: what is durable, and what is decided on top of it.
 *
 * A transaction goes through it twice: when it is decided, and when it is durable. Or it is dropped in between,
 * together with everything decided after it.
 */
export class StoreState {
  readonly keys: KeySpace;
  readonly history: KeyHistory;
  readonly #leases: LeaseTable;
  readonly #pending: PendingChanges;
  #revision: bigint;
  #decidedRevision: bigint;
  #nextRowId: number;

  constructor(options: StoreStateOptions) {
    this.keys = options.keys;
    this.history = options.history;
    this.#leases = options.leases;
    this.#pending = new PendingChanges(options.keys);
    this.#revision = options.revision;
    this.#decidedRevision = options.revision;
    this.#nextRowId = options.nextRowId;
  }

  /** The revision of the last durable transaction. */
  get revision(): bigint {
    return this.#revision;
  }

  /** Decides a transaction; what it writes is pending from now on. @throws ServiceCenterError */
  decide(transaction: KvTransaction): Decided {
    const decision = decide(transaction, this.#pending, {
      revision: this.#decidedRevision + 1n,
      hasLease: (id) => {
        const lease = this.#leases.get(id);
        return lease !== undefined && lease.removal === undefined;
      },
      hasPutSince: (prefix, revision) => this.#hasPutSince(prefix, revision),
      nextRowId: () => this.#nextRowId++,
    });
    const written = this.#add(decision.events);
    return { ...decision, revision: this.#decidedRevision, transaction: written };
  }

  /** Decides the deletion of everything that hangs on a lease. @returns undefined when nothing does */
  decideLeaseRemoval(lease: Lease, cause: DeleteCause): StoredTransaction | undefined {
    const revision = this.#decidedRevision + 1n;
    const events: StoredEvent[] = [];
    for (const key of lease.keys) {
      const previous = this.#pending.get(key);
      if (previous !== undefined) events.push({ kind: 'delete', key, revision, previous, cause });
    }
    return this.#add(events);
  }

  /** Takes over transactions that are durable now. */
  settle(transactions: readonly StoredTransaction[]): void {
    for (const transaction of transactions) {
      for (const event of transaction.events) {
        this.keys.apply(event);
        this.#pending.settle(event);
      }
      this.history.append(transaction);
      this.#revision = transaction.revision;
    }
  }

  /** Forgets everything that is not durable. */
  drop(): void {
    for (const [key, record] of this.#pending.entries()) {
      this.#leases.move(key, record?.lease ?? 0n, this.keys.get(key)?.lease ?? 0n);
    }
    this.#pending.clear();
    this.#decidedRevision = this.#revision;
  }

  /** Takes over transactions that turned out to be durable after they were dropped. Nothing may be pending. */
  adopt(transactions: readonly StoredTransaction[]): void {
    for (const { events, revision } of transactions) {
      for (const event of events) this.#moveLease(event);
      this.#decidedRevision = revision;
    }
    this.settle(transactions);
  }

  /**
   * Only what changed after the revision has to be looked at, not everything under the prefix: the schemas of a tenant
   * may be 150,000, which take 50 ms.
   */
  #hasPutSince(prefix: string, revision: bigint): boolean {
    const isLater = (key: string): boolean =>
      key.startsWith(prefix) && (this.#pending.get(key)?.modRevision ?? 0n) > revision;
    for (const [key] of this.#pending.entries()) if (isLater(key)) return true;
    if (revision < this.history.floor) {
      for (const key of this.keys.scan(prefix)) if (isLater(key)) return true;
      return false;
    }
    for (const { events } of this.history.after(revision)) {
      if (events.some((event) => isLater(keyOf(event)))) return true;
    }
    return false;
  }

  #add(events: readonly StoredEvent[]): StoredTransaction | undefined {
    if (events.length === 0) return undefined;
    this.#decidedRevision++;
    for (const event of events) {
      this.#pending.add(event);
      this.#moveLease(event);
    }
    return { revision: this.#decidedRevision, events };
  }

  #moveLease(event: StoredEvent): void {
    this.#leases.move(keyOf(event), event.previous?.lease ?? 0n, recordAfter(event)?.lease ?? 0n);
  }
}
