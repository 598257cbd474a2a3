import type { KvRecord } from '../../store/kv-record.ts';
import type { Compare, KvOperation, KvTransaction } from '../../store/kv-transaction.ts';

/** What the model says about a transaction. */
export interface ModelOutcome {
  readonly succeeded: boolean;
  /** Whether it writes, so that it has a revision of its own. */
  readonly writes: boolean;
  readonly gets: readonly (KvRecord | undefined)[];
}

/** The state that a {@link KvModel} had at a revision, in ascending order of keys. */
export type ModelState = readonly KvRecord[];

/**
 * A store as the contract describes it, as plain as can be: one map, and a copy of it for each revision. Keys are
 * expected to be ASCII.
 */
export class KvModel {
  readonly #records = new Map<string, KvRecord>();
  /** Every state since the start, by revision. */
  readonly states = new Map<bigint, ModelState>();

  /** What a transaction would do. */
  decide({ compares, success, failure }: KvTransaction): ModelOutcome {
    const succeeded = compares.every((compare) => this.#holds(compare));
    const operations = succeeded ? success : (failure ?? []);
    const gets = operations.flatMap((operation) =>
      operation.kind === 'get' ? [this.#records.get(operation.key)] : [],
    );
    return { succeeded, writes: operations.some((operation) => this.#writes(operation)), gets };
  }

  /** Does what {@link KvModel.decide} said, at the revision that the store gave it. */
  apply({ success, failure }: KvTransaction, succeeded: boolean, revision: bigint): void {
    for (const operation of succeeded ? success : (failure ?? [])) {
      if (operation.kind === 'put') this.#put(operation, revision);
      if (operation.kind === 'delete') this.#records.delete(operation.key);
      if (operation.kind === 'deletePrefix') {
        for (const key of this.#keysOf(operation.prefix)) this.#records.delete(key);
      }
    }
    this.#remember(revision);
  }

  /** Whether any key hangs on the lease, so that revoking it has a revision of its own. */
  holdsKeys(lease: bigint): boolean {
    return [...this.#records.values()].some((record) => record.lease === lease);
  }

  /** Removes the keys of a lease, at the revision that the store gave it. */
  revoke(lease: bigint, revision: bigint): void {
    for (const [key, record] of this.#records) {
      if (record.lease === lease) this.#records.delete(key);
    }
    this.#remember(revision);
  }

  /** What is stored now. */
  get state(): ModelState {
    return [...this.#records.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1));
  }

  #remember(revision: bigint): void {
    this.states.set(revision, this.state);
  }

  #put(
    { key, value, lease }: Extract<KvOperation, { readonly kind: 'put' }>,
    revision: bigint,
  ): void {
    const previous = this.#records.get(key);
    this.#records.set(key, {
      key,
      value,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0n) + 1n,
      lease: lease ?? 0n,
    });
  }

  #holds(compare: Compare): boolean {
    if (compare.target === 'empty') return this.#keysOf(compare.prefix).length === 0;
    if (compare.target === 'noPutSince') {
      return this.#keysOf(compare.prefix).every(
        (key) => (this.#records.get(key)?.modRevision ?? 0n) <= compare.revision,
      );
    }
    const actual = this.#records.get(compare.key)?.[compare.target] ?? 0n;
    return (actual === compare.operand) === (compare.operator === 'equal');
  }

  #writes(operation: KvOperation): boolean {
    switch (operation.kind) {
      case 'put':
        return true;
      case 'delete':
        return this.#records.has(operation.key);
      case 'deletePrefix':
        return this.#keysOf(operation.prefix).length > 0;
      case 'get':
        return false;
    }
  }

  #keysOf(prefix: string): readonly string[] {
    return [...this.#records.keys()].filter((key) => key.startsWith(prefix));
  }
}
