import type { EtcdKvStore } from '@service-center/backend-etcd';
import type {
  Compare,
  KvOperation,
  KvTransaction,
  KvTransactionResult,
} from '@service-center/backend-kv';
import { KvModel } from '@service-center/backend-kv/testing';
import type { EtcdNode } from '@service-center/testbed';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openStore, startEtcd } from './test-etcd.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
/** No lease has it. */
const missingLease = 4711n;

interface Draft {
  readonly compares: readonly CompareDraft[];
  readonly success: readonly OperationDraft[];
  readonly failure: readonly OperationDraft[];
  readonly mayShareRevision: boolean;
}

interface CompareDraft {
  readonly name: string;
  readonly target: 'createRevision' | 'modRevision' | 'version';
  readonly operator: 'equal' | 'notEqual';
  /** Whether the operand is what the key had before the turn, or 0. */
  readonly isCurrent: boolean;
}

interface OperationDraft {
  readonly name: string;
  readonly kind: 'get' | 'put' | 'put under a missing lease';
}

/** A transaction, and what the store said of it. */
interface Answered {
  readonly transaction: KvTransaction;
  readonly result: KvTransactionResult;
}

let etcd: EtcdNode;
let store: EtcdKvStore;

beforeAll(async () => {
  etcd = await startEtcd();
  store = await openStore([etcd.url]);
});

afterAll(async () => {
  await store.close();
  await etcd[Symbol.asyncDispose]();
});

it('decides what is asked for at once as if one came after the other', async () => {
  let run = 0;
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(draftArbitrary(), { minLength: 1, maxLength: 12, size: 'max' }), {
        minLength: 1,
        maxLength: 3,
      }),
      async (turns) => {
        const root = `/property/${run++}/`;
        const model = new KvModel();
        for (const drafts of turns) shared += await verifyTurn(root, model, drafts);
        expect((await store.range({ prefix: root })).records).toEqual(model.state);
      },
    ),
    { numRuns: 400 },
  );
  // Otherwise nothing was tried.
  expect(shared).toBeGreaterThan(100);
});

/** @returns how many transactions had a revision that another one had as well */
async function verifyTurn(root: string, model: KvModel, drafts: readonly Draft[]): Promise<number> {
  const transactions = drafts.map((draft, index) => transactionOf(draft, root, model, index));
  const outcomes = await Promise.all(
    transactions.map((transaction) => store.commit(transaction).catch((error: unknown) => error)),
  );
  const answered: Answered[] = [];
  const failed: KvTransaction[] = [];
  for (const [index, transaction] of transactions.entries()) {
    const result = outcomes[index];
    if (isResult(result)) answered.push({ transaction, result });
    else failed.push(transaction);
  }
  // Nobody pays for a lease that another one names.
  expect(failed.filter((transaction) => !namesMissingLease(transaction))).toEqual([]);
  const inOrder = answered.toSorted(compareAnswered);
  for (const { transaction, result } of inOrder) {
    const { succeeded, gets } = model.decide(transaction);
    expect(result).toEqual({ succeeded, gets, revision: result.revision });
    if (isWritten({ transaction, result })) model.apply(transaction, succeeded, result.revision);
  }
  const written = inOrder.filter(isWritten).map(({ result }) => result.revision);
  return written.length - new Set(written).size;
}

/** etcd gives out revisions in its own order; what has only read at one has seen all that was written at it. */
function compareAnswered(left: Answered, right: Answered): number {
  const difference = left.result.revision - right.result.revision;
  if (difference !== 0n) return difference < 0n ? -1 : 1;
  return Number(isWritten(right)) - Number(isWritten(left));
}

function isWritten({ transaction, result }: Answered): boolean {
  const { success, failure = [] } = transaction;
  return (result.succeeded ? success : failure).some(({ kind }) => kind === 'put');
}

function isResult(outcome: unknown): outcome is KvTransactionResult {
  return typeof outcome === 'object' && outcome !== null && 'succeeded' in outcome;
}

function namesMissingLease({ success, failure = [] }: KvTransaction): boolean {
  return [...success, ...failure].some(
    (operation) => operation.kind === 'put' && operation.lease === missingLease,
  );
}

function transactionOf(draft: Draft, root: string, model: KvModel, index: number): KvTransaction {
  const { mayShareRevision } = draft;
  return {
    compares: draft.compares.map((compare) => compareOf(compare, root, model)),
    success: operationsOf(draft.success, root, `success of ${index}`),
    failure: operationsOf(draft.failure, root, `failure of ${index}`),
    mayShareRevision,
  };
}

function compareOf(draft: CompareDraft, root: string, model: KvModel): Compare {
  const { target, operator } = draft;
  const key = root + draft.name;
  const current = model.state.find((record) => record.key === key)?.[target] ?? 0n;
  return { key, target, operator, operand: draft.isCurrent ? current : 0n };
}

/** Reads first, and no key put twice. */
function operationsOf(
  drafts: readonly OperationDraft[],
  root: string,
  value: string,
): readonly KvOperation[] {
  const gets: KvOperation[] = [];
  const puts = new Map<string, KvOperation>();
  for (const { name, kind } of drafts) {
    const key = root + name;
    const lease = kind === 'put' ? 0n : missingLease;
    if (kind === 'get') gets.push({ kind, key });
    else puts.set(key, { kind: 'put', key, value, lease });
  }
  return [...gets, ...puts.values()];
}

function draftArbitrary(): fc.Arbitrary<Draft> {
  const name = fc.constantFrom(...names);
  const operation = fc.record({
    name,
    kind: fc.oneof(
      { weight: 30, arbitrary: fc.constant('put' as const) },
      { weight: 10, arbitrary: fc.constant('get' as const) },
      { weight: 1, arbitrary: fc.constant('put under a missing lease' as const) },
    ),
  });
  const compare = fc.record({
    name,
    target: fc.constantFrom('createRevision' as const, 'modRevision' as const, 'version' as const),
    operator: fc.constantFrom('equal' as const, 'notEqual' as const),
    isCurrent: fc.boolean(),
  });
  return fc.record({
    compares: fc.array(compare, { maxLength: 2 }),
    success: fc.array(operation, { maxLength: 2 }),
    failure: fc.array(operation, { maxLength: 2 }),
    mayShareRevision: fc.oneof(
      { weight: 4, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  });
}
