import type { KvTransaction, KvTransactionResult } from '@service-center/backend-kv';
import type { ITxnRequest } from 'etcd3';

import { sizeOf, type TransactionFootprint } from './transaction-footprint.ts';

/** A transaction that waits to be sent, or for its answer. */
export interface GroupMember {
  readonly transaction: KvTransaction;
  readonly request: ITxnRequest;
  readonly outcome: PromiseWithResolvers<KvTransactionResult>;
}

/** What a group may have in sum. */
export const groupLimits = {
  transactions: 48,
  /** Compares, or operations. */
  steps: 120,
  /**
   * What the group declares, and the compares or operations of the transaction with the most of them: of a nested
   * transaction etcd takes as many less as there are operations in a branch above it.
   */
  depth: 128,
  /** etcd takes 1.5 MiB. */
  bytes: 512 * 1024,
} as const;

/**
 * Transactions that may go as one.
 *
 * etcd decides the compares of all against what was stored before, and takes no key that is put twice. So no key that
 * one of them writes may be compared, read or written by another: then each comes out as if it had been alone, in any
 * order.
 */
export class TransactionGroup {
  readonly members: GroupMember[] = [];
  readonly #read = new Set<string>();
  readonly #written = new Set<string>();
  #steps = 0;
  #largestSteps = 0;
  #bytes = 0;

  /** Whether a transaction has to see what one of these writes, or the other way round. */
  conflictsWith({ read, written }: TransactionFootprint): boolean {
    return (
      !this.#written.isDisjointFrom(written) ||
      !this.#written.isDisjointFrom(read) ||
      !this.#read.isDisjointFrom(written)
    );
  }

  /** The keys of all. */
  get footprint(): TransactionFootprint {
    return { read: this.#read, written: this.#written };
  }

  /** Adds a transaction that does not conflict. @returns false when there is no room for it */
  add(member: GroupMember, { read, written }: TransactionFootprint): boolean {
    const { steps, bytes } = sizeOf(member.request);
    const largestSteps = Math.max(this.#largestSteps, steps);
    let declared = this.#read.size + this.#written.size + written.size;
    for (const key of read) if (!this.#read.has(key)) declared++;
    if (
      this.members.length >= groupLimits.transactions ||
      this.#steps + steps > groupLimits.steps ||
      declared + largestSteps > groupLimits.depth ||
      this.#bytes + bytes > groupLimits.bytes
    ) {
      return false;
    }
    this.#largestSteps = largestSteps;
    this.members.push(member);
    this.#steps += steps;
    this.#bytes += bytes;
    for (const key of read) this.#read.add(key);
    for (const key of written) this.#written.add(key);
    return true;
  }
}
