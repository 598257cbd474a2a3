import fc from 'fast-check';
import { describe, expect } from 'vitest';

import type { KvEvent } from '../../store/kv-event.ts';
import type { KvRecord } from '../../store/kv-record.ts';
import type { Compare, KvOperation, KvTransaction } from '../../store/kv-transaction.ts';
import { KvModel, type ModelState } from './kv-model.ts';
import type { KvStoreFixture, KvStoreTest } from './kv-store-fixture.ts';
import { eventRevision, type WatchRecorder } from './watch-recorder.ts';

const names = ['a', 'a/1', 'a/2', 'a/3', 'b', 'b/1', 'ab'];
const prefixes = ['', 'a', 'a/', 'b/', 'c'];
const leaseSlots = 3;

/** One step of a script; numbers are taken modulo what there is when the step runs. */
type Step =
  | { readonly kind: 'transact'; readonly draft: TransactionDraft }
  | { readonly kind: 'revoke'; readonly slot: number }
  | { readonly kind: 'resume' };

/** A watch, and the revision it began after. */
interface Session {
  readonly after: bigint;
  readonly recorder: WatchRecorder;
}

interface TransactionDraft {
  readonly compares: readonly CompareDraft[];
  readonly success: readonly OperationDraft[];
  readonly failure: readonly OperationDraft[];
}

type CompareDraft =
  | { readonly kind: 'empty'; readonly prefix: string }
  /** Since the last put of the prefix, or since the revision before it. */
  | { readonly kind: 'noPutSince'; readonly prefix: string; readonly isCurrent: boolean }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly target: 'createRevision' | 'modRevision' | 'version';
      readonly operator: 'equal' | 'notEqual';
      /** Whether the operand is what the key has now, or 0. */
      readonly isCurrent: boolean;
    };

type OperationDraft =
  | {
      readonly kind: 'put';
      readonly name: string;
      readonly value: string;
      readonly slot: number | undefined;
    }
  | { readonly kind: 'delete' | 'get'; readonly name: string }
  | { readonly kind: 'deletePrefix'; readonly prefix: string };

/** Any script of transactions and revocations, against a model that is too plain to be wrong. */
export function describeModel(it: KvStoreTest): void {
  describe('any history', () => {
    it('is what the model says, in answers, reads at every revision and watches', async ({
      store,
    }) => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(stepArbitrary(), { minLength: 1, maxLength: 25 }),
          async (steps) => {
            await runScript(store, `${round++}/`, steps);
          },
        ),
        { numRuns: 40, endOnFailure: false },
      );
    });
  });
}

async function runScript(
  store: KvStoreFixture,
  root: string,
  steps: readonly Step[],
): Promise<void> {
  const start = await store.kv.currentRevision();
  const model = new KvModel();
  const leases: bigint[] = [];
  for (let slot = 0; slot < leaseSlots; slot++) leases.push((await store.kv.grantLease(600)).id);
  const sessions: Session[] = [{ after: start, recorder: store.watch(start, root) }];
  let end = start;
  for (const step of steps) {
    if (step.kind === 'resume') {
      sessions.push({ after: end, recorder: store.watch(end, root) });
    } else if (step.kind === 'revoke') {
      end = await revoke(store, model, leases, step.slot);
    } else {
      end = await transact(store, model, transactionOf(step.draft, store.key(root), model, leases));
    }
  }

  for (const [revision, state] of model.states) {
    expect(await recordsOf(store, root, revision)).toEqual(state);
  }
  expect(await recordsOf(store, root)).toEqual(model.state);
  for (const session of sessions) await verifySession(session, model);
}

async function transact(
  store: KvStoreFixture,
  model: KvModel,
  transaction: KvTransaction,
): Promise<bigint> {
  const expected = model.decide(transaction);
  const before = await store.kv.currentRevision();
  const { succeeded, revision, gets } = await store.kv.commit(transaction);
  expect({ succeeded, gets }).toEqual({ succeeded: expected.succeeded, gets: expected.gets });
  expect(revision > before).toBe(expected.writes);
  if (expected.writes) model.apply(transaction, succeeded, revision);
  return revision;
}

async function revoke(
  store: KvStoreFixture,
  model: KvModel,
  leases: bigint[],
  slot: number,
): Promise<bigint> {
  const lease = leases[slot] ?? 0n;
  const writes = model.holdsKeys(lease);
  const before = await store.kv.currentRevision();
  const revision = await store.kv.revokeLease(lease);
  expect(revision).toBeDefined();
  expect((revision ?? before) > before).toBe(writes);
  if (writes) model.revoke(lease, revision ?? before);
  leases[slot] = (await store.kv.grantLease(600)).id;
  return revision ?? before;
}

/** Checks that a session, from where it began, leads through every state of the model. */
async function verifySession({ after, recorder }: Session, model: KvModel): Promise<void> {
  const states = [...model.states];
  const expected = states.filter(([revision]) => revision > after);
  const last = expected.at(-1);
  if (last !== undefined) await recorder.reached(last[0]);

  const changes = Map.groupBy(recorder.events, eventRevision);
  expect([...changes.keys()]).toEqual(expected.map(([revision]) => revision));
  const before = states.findLast(([revision]) => revision <= after)?.[1] ?? [];
  const folded = new Map(before.map((record) => [record.key, record]));
  for (const [revision, state] of expected) {
    for (const event of changes.get(revision) ?? []) fold(folded, event);
    expect(sorted(folded)).toEqual(state);
  }
}

function fold(records: Map<string, KvRecord>, event: KvEvent): void {
  const key = event.kind === 'put' ? event.record.key : event.key;
  expect(event.previous).toEqual(records.get(key));
  if (event.kind === 'put') records.set(key, event.record);
  else records.delete(key);
}

function sorted(records: ReadonlyMap<string, KvRecord>): ModelState {
  return [...records.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

async function recordsOf(
  store: KvStoreFixture,
  root: string,
  atRevision?: bigint,
): Promise<ModelState> {
  const prefix = store.key(root);
  return (await store.all(atRevision)).filter(({ key }) => key.startsWith(prefix));
}

function transactionOf(
  draft: TransactionDraft,
  root: string,
  model: KvModel,
  leases: readonly bigint[],
): KvTransaction {
  const operations = (drafts: readonly OperationDraft[]): readonly KvOperation[] =>
    withoutOverlaps(drafts.map((operation) => operationOf(operation, root, leases)));
  return {
    compares: draft.compares.map((compare) => compareOf(compare, root, model)),
    success: operations(draft.success),
    failure: operations(draft.failure),
  };
}

function compareOf(draft: CompareDraft, root: string, model: KvModel): Compare {
  if (draft.kind === 'empty') return { target: 'empty', prefix: root + draft.prefix };
  if (draft.kind === 'noPutSince') {
    const prefix = root + draft.prefix;
    const last = model.state
      .filter(({ key }) => key.startsWith(prefix))
      .reduce((newest, { modRevision }) => (modRevision > newest ? modRevision : newest), 1n);
    return { target: 'noPutSince', prefix, revision: draft.isCurrent ? last : last - 1n };
  }
  const key = root + draft.name;
  const current = model.state.find((record) => record.key === key)?.[draft.target] ?? 0n;
  const { target, operator } = draft;
  return { key, target, operator, operand: draft.isCurrent ? current : 0n };
}

function operationOf(draft: OperationDraft, root: string, leases: readonly bigint[]): KvOperation {
  switch (draft.kind) {
    case 'put': {
      const lease = draft.slot === undefined ? undefined : leases[draft.slot];
      const put = { kind: 'put', key: root + draft.name, value: draft.value } as const;
      return lease === undefined ? put : { ...put, lease };
    }
    case 'delete':
    case 'get':
      return { kind: draft.kind, key: root + draft.name };
    case 'deletePrefix':
      return { kind: 'deletePrefix', prefix: root + draft.prefix };
  }
}

/** Leaves out what one branch may not have: a key that is put twice, or put and deleted; and reads after writes. */
function withoutOverlaps(operations: readonly KvOperation[]): readonly KvOperation[] {
  const kept: KvOperation[] = [];
  for (const operation of operations) {
    if (!kept.some((other) => overlaps(other, operation))) kept.push(operation);
  }
  return [
    ...kept.filter(({ kind }) => kind === 'get'),
    ...kept.filter(({ kind }) => kind !== 'get'),
  ];
}

function overlaps(left: KvOperation, right: KvOperation): boolean {
  if (left.kind === 'get' || right.kind === 'get') return false;
  if (left.kind === 'deletePrefix') {
    return right.kind === 'deletePrefix'
      ? left.prefix.startsWith(right.prefix) || right.prefix.startsWith(left.prefix)
      : right.key.startsWith(left.prefix);
  }
  if (right.kind === 'deletePrefix') return left.key.startsWith(right.prefix);
  return left.key === right.key;
}

function stepArbitrary(): fc.Arbitrary<Step> {
  const operations = fc.array(operationArbitrary(), { maxLength: 4 });
  const draft = fc.record({
    compares: fc.array(compareArbitrary(), { maxLength: 2 }),
    success: operations,
    failure: operations,
  });
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('transact' as const), draft }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('revoke' as const),
        slot: fc.nat({ max: leaseSlots - 1 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const) }) },
  );
}

function compareArbitrary(): fc.Arbitrary<CompareDraft> {
  return fc.oneof(
    fc.record({ kind: fc.constant('empty' as const), prefix: fc.constantFrom(...prefixes) }),
    fc.record({
      kind: fc.constant('noPutSince' as const),
      prefix: fc.constantFrom(...prefixes),
      isCurrent: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('key' as const),
      name: fc.constantFrom(...names),
      target: fc.constantFrom(
        'createRevision' as const,
        'modRevision' as const,
        'version' as const,
      ),
      operator: fc.constantFrom('equal' as const, 'notEqual' as const),
      isCurrent: fc.boolean(),
    }),
  );
}

function operationArbitrary(): fc.Arbitrary<OperationDraft> {
  const name = fc.constantFrom(...names);
  return fc.oneof(
    fc.record({
      kind: fc.constant('put' as const),
      name,
      value: fc.string({ unit: 'grapheme', maxLength: 8 }),
      slot: fc.option(fc.nat({ max: leaseSlots - 1 }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constantFrom('delete' as const, 'get' as const), name }),
    fc.record({
      kind: fc.constant('deletePrefix' as const),
      prefix: fc.constantFrom(...prefixes),
    }),
  );
}
