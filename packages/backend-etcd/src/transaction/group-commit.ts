import type { KvTransaction, KvTransactionResult } from '@service-center/backend-kv';
import type { ITxnRequest } from 'etcd3';

import { decodeTransactionOfGroup, encodeTransactionGroup } from '../codec/transaction-group.ts';
import {
  decodeTransaction,
  encodeTransaction,
  isReadOnly,
  type TransactionAnswer,
} from '../codec/transaction.ts';
import { probeKey } from '../connection/etcd-connection.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { DeletionCauses } from '../watch/deletion-causes.ts';
import { footprintOf } from './transaction-footprint.ts';
import { TransactionGroup, type GroupMember } from './transaction-group.ts';

/** What a {@link GroupCommit} is made of. */
export interface GroupCommitOptions {
  /** Makes the call. @throws RpcError */
  readonly transact: (
    request: ITxnRequest,
    options: { readonly isRepeatable: boolean },
  ) => Promise<TransactionAnswer>;
  readonly causes: DeletionCauses;
}

/**
 * Sends transactions: those that may share a revision and are asked for within a turn of the event loop as one, which is
 * one call, one proposal to the cluster and one write to each of its disks.
 *
 * Requests leave in the order in which conflicting transactions were asked for. As with any two calls under way, etcd may
 * carry out the later one first; who depends on the order waits for the answer.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  /** What is not sent yet. */
  #gathered = new TransactionGroup();
  #turn: NodeJS.Immediate | undefined;
  #isClosed = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Commits a transaction. @throws RpcError */
  async commit(transaction: KvTransaction): Promise<KvTransactionResult> {
    const request = encodeTransaction(transaction, probeKey);
    const outcome = Promise.withResolvers<KvTransactionResult>();
    const member = { transaction, request, outcome };
    const footprint = footprintOf(transaction);
    if (footprint === undefined || this.#gathered.conflictsWith(footprint)) this.#sendGathered();
    const mayShare = transaction.mayShareRevision === true && !isReadOnly(transaction);
    if (footprint === undefined || !mayShare || this.#isClosed) return this.#sendOne(member);

    if (!this.#gathered.add(member, footprint)) {
      this.#sendGathered();
      // Too large for any group.
      if (!this.#gathered.add(member, footprint)) return this.#sendOne(member);
    }
    // Not a microtask: the answers that transactions follow from are read from one chunk, but each has its own.
    this.#turn ??= setImmediate(() => {
      this.#sendGathered();
    });
    return outcome.promise;
  }

  /** Refuses what is not sent yet, and all that comes. */
  close(): void {
    this.#isClosed = true;
    for (const { outcome } of this.#takeGathered().members) outcome.reject(closedError());
  }

  #takeGathered(): TransactionGroup {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const group = this.#gathered;
    this.#gathered = new TransactionGroup();
    return group;
  }

  #sendGathered(): void {
    const group = this.#takeGathered();
    const { members } = group;
    if (members.length <= 1) {
      this.#sendEach(members);
      return;
    }
    this.#sendTogether(group).catch((error: unknown) => {
      // One that etcd does not take has all refused, and nothing is written: the others get through without it.
      if (RpcError.is(error) && error.isOfRequest) this.#sendEach(members);
      else for (const { outcome } of members) outcome.reject(error);
    });
  }

  /** Sends each by itself. */
  #sendEach(members: readonly GroupMember[]): void {
    for (const member of members) member.outcome.resolve(this.#sendOne(member));
  }

  async #sendTogether({ members, footprint }: TransactionGroup): Promise<void> {
    const requests = members.map(({ request }) => request);
    const request = encodeTransactionGroup(requests, footprint);
    const answer = await this.#options.transact(request, { isRepeatable: false });
    for (const [index, { transaction, outcome }] of members.entries()) {
      const { hasDeleted: _, ...result } = decodeTransactionOfGroup(transaction, answer, index);
      outcome.resolve(result);
    }
  }

  async #sendOne({ transaction, request }: GroupMember): Promise<KvTransactionResult> {
    if (this.#isClosed) throw closedError();
    const { transact, causes } = this.#options;
    let deletedAt: bigint | undefined;
    causes.committing(transaction);
    try {
      const answer = await transact(request, { isRepeatable: isReadOnly(transaction) });
      const { hasDeleted, ...result } = decodeTransaction(transaction, answer);
      if (hasDeleted) deletedAt = result.revision;
      return result;
    } finally {
      causes.committed(transaction, deletedAt);
    }
  }
}

function closedError(): RpcError {
  return new RpcError('unavailable', 'the etcd store is closed');
}
