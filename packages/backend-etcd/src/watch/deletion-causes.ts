import type { KvOperation, KvRecord, KvTransaction } from '@service-center/backend-kv';
import type { DeleteCause } from '@service-center/sdcommon';

/** How many of this process's own writes are remembered: their events come within a round trip of the answer. */
const remembered = 10_000;

/**
 * Tells why a key was deleted, as far as this process can know (spec 00, decision 14).
 *
 * etcd's events do not say. A key without a lease can only have been deleted by an operation. A key with one was deleted
 * by whoever revoked the lease, or it ran out: known only if it was this process. The event may come before the answer
 * to what caused it, so writes under way count as well.
 */
export class DeletionCauses {
  readonly #revokedLeases = new Recent<bigint>(remembered);
  readonly #deletingRevisions = new Recent<bigint>(remembered);
  readonly #underWay = new Set<KvTransaction>();

  /** Takes note that a lease is about to be revoked. */
  revoking(lease: bigint): void {
    this.#revokedLeases.add(lease);
  }

  /** Takes note that a lease was not revoked, as far as that is known. */
  notRevoked(lease: bigint): void {
    this.#revokedLeases.delete(lease);
  }

  /** Takes note of a transaction that is about to be sent. */
  committing(transaction: KvTransaction): void {
    if (operationsOf(transaction).some(isDeletion)) this.#underWay.add(transaction);
  }

  /** Takes note of what became of it: the revision at which it deleted something, if it is known to have done so. */
  committed(transaction: KvTransaction, deletedAt: bigint | undefined): void {
    this.#underWay.delete(transaction);
    if (deletedAt !== undefined) this.#deletingRevisions.add(deletedAt);
  }

  /** Why a key was deleted at a revision. */
  causeOf(key: string, revision: bigint, previous: KvRecord | undefined): DeleteCause {
    if (previous?.lease === 0n || this.#deletingRevisions.has(revision)) return 'delete';
    if (previous !== undefined && this.#revokedLeases.has(previous.lease)) return 'unregister';
    for (const transaction of this.#underWay) {
      if (operationsOf(transaction).some((operation) => deletes(operation, key))) return 'delete';
    }
    return 'unknown';
  }
}

function operationsOf({ success, failure = [] }: KvTransaction): readonly KvOperation[] {
  return [...success, ...failure];
}

function isDeletion({ kind }: KvOperation): boolean {
  return kind === 'delete' || kind === 'deletePrefix';
}

function deletes(operation: KvOperation, key: string): boolean {
  if (operation.kind === 'delete') return operation.key === key;
  return operation.kind === 'deletePrefix' && key.startsWith(operation.prefix);
}

/** The latest values of a kind. */
class Recent<T> {
  readonly #limit: number;
  readonly #values = new Set<T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(value: T): boolean {
    return this.#values.has(value);
  }

  add(value: T): void {
    this.#values.delete(value);
    this.#values.add(value);
    if (this.#values.size <= this.#limit) return;
    for (const oldest of this.#values) {
      this.#values.delete(oldest);
      return;
    }
  }

  delete(value: T): void {
    this.#values.delete(value);
  }
}
