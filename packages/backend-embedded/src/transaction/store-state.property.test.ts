import assert from 'node:assert/strict';

import type { KvOperation, KvTransaction } from '@service-center/backend-kv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { KeyHistory } from '../keyspace/key-history.ts';
import { KeySpace } from '../keyspace/key-space.ts';
import { readRange } from '../keyspace/read-range.ts';
import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { LeaseTable } from '../lease/lease-table.ts';
import { StoreState } from './store-state.ts';

const key = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'b/1', '\u{1F600}');

const operation: fc.Arbitrary<KvOperation> = fc.oneof(
  fc.record({ kind: fc.constant('put'), key, value: fc.string({ maxLength: 3 }) }),
  fc.record({ kind: fc.constant('delete'), key }),
  fc.record({ kind: fc.constant('deletePrefix'), prefix: fc.constantFrom('a', 'a/', 'c') }),
);

/** One operation a branch, because a branch may not touch a key twice. */
const transaction: fc.Arbitrary<KvTransaction> = fc.record({
  compares: fc.array(
    fc.record({
      key,
      target: fc.constant('version'),
      operator: fc.constantFrom('equal', 'notEqual'),
      operand: fc.constantFrom(0n, 1n, 2n),
    }),
    { maxLength: 2 },
  ),
  success: operation.map((only) => [only]),
  failure: operation.map((only) => [only]),
});

type Step =
  | { readonly kind: 'decide'; readonly transaction: KvTransaction }
  | { readonly kind: 'settle'; readonly count: number }
  | { readonly kind: 'drop' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('decide'), transaction }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle'), count: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop') }) },
);

type Entry = { readonly value: string; readonly version: bigint };
type Content = ReadonlyMap<string, Entry>;

/** What a transaction makes of a content; the same object when it writes nothing. */
function applied(content: Content, { compares, success, failure = [] }: KvTransaction): Content {
  const holds = compares.every((compare) => {
    if (compare.target === 'empty' || compare.target === 'noPutSince') return true;
    const version = content.get(compare.key)?.version ?? 0n;
    return (version === compare.operand) === (compare.operator === 'equal');
  });
  const next = new Map(content);
  for (const only of holds ? success : failure) {
    if (only.kind === 'put') {
      const version = (next.get(only.key)?.version ?? 0n) + 1n;
      next.set(only.key, { value: only.value, version });
    } else if (only.kind === 'delete') {
      next.delete(only.key);
    } else if (only.kind === 'deletePrefix') {
      for (const stored of content.keys()) {
        if (stored.startsWith(only.prefix)) next.delete(stored);
      }
    }
  }
  const isPut = (holds ? success : failure).some(({ kind }) => kind === 'put');
  return isPut || next.size !== content.size ? next : content;
}

function contentAt(state: StoreState, revision: bigint): [string, Entry][] {
  const range = { prefix: '', afterKey: undefined, limit: 100, revision };
  return readRange(state.keys, state.history, range).records.map((record) => [
    record.key,
    { value: record.value ?? '', version: record.version },
  ]);
}

function sorted(content: Content | undefined): [string, Entry][] {
  return [...(content ?? [])].toSorted(([left], [right]) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
}

describe('the state of a store', () => {
  it('decides on top of what is pending, shows what is durable, and drops what is neither', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const state = new StoreState({
          keys: new KeySpace(),
          history: new KeyHistory(0n),
          leases: new LeaseTable(),
          revision: 0n,
          nextRowId: 1,
        });
        /** The durable content at each revision, and what is decided on top. */
        const durable: Content[] = [new Map()];
        let decided: Content[] = [];
        let pending: StoredTransaction[] = [];
        for (const next of steps) {
          if (next.kind === 'decide') {
            const before = decided.at(-1) ?? durable.at(-1) ?? new Map();
            const after = applied(before, next.transaction);
            const { transaction: written, revision } = state.decide(next.transaction);
            assert.equal(written === undefined, after === before);
            if (written !== undefined) {
              decided.push(after);
              pending.push(written);
            }
            assert.equal(revision, BigInt(durable.length - 1 + decided.length));
          } else if (next.kind === 'settle') {
            state.settle(pending.slice(0, next.count));
            durable.push(...decided.slice(0, next.count));
            pending = pending.slice(next.count);
            decided = decided.slice(next.count);
          } else {
            state.drop();
            pending = [];
            decided = [];
          }
          expect(state.revision).toBe(BigInt(durable.length - 1));
        }
        for (const [revision, content] of durable.entries()) {
          expect(contentAt(state, BigInt(revision))).toEqual(sorted(content));
        }
      }),
      { numRuns: 300 },
    );
  });
});
