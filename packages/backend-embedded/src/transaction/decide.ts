import type { Compare, KvOperation, KvRecord, KvTransaction } from '@service-center/backend-kv';
import { ServiceCenterError } from '@service-center/sdcommon';

import type { KeyView } from '../keyspace/key-space.ts';
import type { StoredEvent } from '../keyspace/stored-event.ts';
import { StoredRecord } from '../keyspace/stored-record.ts';

/** What a transaction would do to the keys it was decided against. */
export interface Decision {
  /** Whether the compares held. */
  readonly succeeded: boolean;
  /** What each `get` of the branch finds, in order. */
  readonly gets: readonly (KvRecord | undefined)[];
  /** In the order of the operations; empty when nothing is to be written. */
  readonly events: readonly StoredEvent[];
}

/** What a decision needs to know beside the keys. */
export interface DecisionContext {
  /** The revision of the transaction if it writes. */
  readonly revision: bigint;
  /** Whether a lease can be put under. */
  readonly hasLease: (id: bigint) => boolean;
  /** Whether a key that starts with the prefix was put after the revision. */
  readonly hasPutSince: (prefix: string, revision: bigint) => boolean;
  /** The row for a new key. */
  readonly nextRowId: () => number;
}

/**
 * Decides a transaction and changes nothing.
 *
 * @throws ServiceCenterError `unavailableBackend` for a put under a lease that does not exist (it ran out before the
 *   caller came to use it); `internal` for a key that one branch puts twice, or puts and deletes
 */
export function decide(
  transaction: KvTransaction,
  view: KeyView,
  context: DecisionContext,
): Decision {
  const succeeded = transaction.compares.every((compare) => holds(compare, view, context));
  const operations = succeeded ? transaction.success : (transaction.failure ?? []);
  const gets: (KvRecord | undefined)[] = [];
  const changes = new Map<string, StoredEvent>();
  for (const operation of operations) {
    if (operation.kind === 'get') {
      const key = operation.key.toWellFormed();
      const change = changes.get(key);
      if (change === undefined) gets.push(view.get(key));
      else gets.push(change.kind === 'put' ? change.record : undefined);
    } else {
      apply(operation, view, context, changes);
    }
  }
  return { succeeded, gets, events: [...changes.values()] };
}

function holds(compare: Compare, view: KeyView, context: DecisionContext): boolean {
  switch (compare.target) {
    case 'empty': {
      const keys = view.scan(compare.prefix.toWellFormed())[Symbol.iterator]();
      return keys.next().done === true;
    }
    case 'noPutSince':
      return !context.hasPutSince(compare.prefix.toWellFormed(), compare.revision);
    default: {
      const actual = view.get(compare.key.toWellFormed())?.[compare.target] ?? 0n;
      return (actual === compare.operand) === (compare.operator === 'equal');
    }
  }
}

function apply(
  operation: Exclude<KvOperation, { kind: 'get' }>,
  view: KeyView,
  context: DecisionContext,
  changes: Map<string, StoredEvent>,
): void {
  switch (operation.kind) {
    case 'put': {
      const { lease = 0n } = operation;
      // What is no valid UTF-16 would come back from the disk as something else.
      const key = operation.key.toWellFormed();
      if (changes.has(key)) throw changedTwice(key);
      if (lease !== 0n && !context.hasLease(lease)) {
        throw new ServiceCenterError('unavailableBackend', `the lease of key ${key} ran out`);
      }
      const previous = view.get(key);
      const record = new StoredRecord({
        rowId: previous?.rowId ?? context.nextRowId(),
        key,
        value: operation.value.toWellFormed(),
        createRevision: previous?.createRevision ?? context.revision,
        modRevision: context.revision,
        version: (previous?.version ?? 0n) + 1n,
        lease,
      });
      changes.set(key, { kind: 'put', record, previous });
      break;
    }
    case 'delete':
      remove(operation.key.toWellFormed(), view, context, changes);
      break;
    case 'deletePrefix': {
      const prefix = operation.prefix.toWellFormed();
      for (const key of changes.keys()) {
        if (key.startsWith(prefix)) refusePut(key, changes);
      }
      for (const key of view.scan(prefix)) remove(key, view, context, changes);
      break;
    }
  }
}

function remove(
  key: string,
  view: KeyView,
  context: DecisionContext,
  changes: Map<string, StoredEvent>,
): void {
  refusePut(key, changes);
  const previous = view.get(key);
  if (previous === undefined || changes.has(key)) return;
  changes.set(key, { kind: 'delete', key, revision: context.revision, previous, cause: 'delete' });
}

function refusePut(key: string, changes: ReadonlyMap<string, StoredEvent>): void {
  if (changes.get(key)?.kind === 'put') {
    throw changedTwice(key);
  }
}

function changedTwice(key: string): ServiceCenterError {
  return new ServiceCenterError('internal', `one transaction changes the key ${key} twice`);
}
