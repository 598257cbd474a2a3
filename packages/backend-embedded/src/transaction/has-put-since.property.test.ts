import type { KvOperation } from '@service-center/backend-kv';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { KeyHistory } from '../keyspace/key-history.ts';
import { KeySpace } from '../keyspace/key-space.ts';
import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { LeaseTable } from '../lease/lease-table.ts';
import { StoreState } from './store-state.ts';

const key = fc.constantFrom('a/1', 'a/2', 'b/1');

const operation: fc.Arbitrary<KvOperation> = fc.oneof(
  fc.record({ kind: fc.constant('put'), key, value: fc.constant('') }),
  fc.record({ kind: fc.constant('delete'), key }),
);

function createState(keys: KeySpace): StoreState {
  const history = new KeyHistory(0n);
  return new StoreState({ keys, history, leases: new LeaseTable(), revision: 0n, nextRowId: 1 });
}

function hasPutSince(state: StoreState, prefix: string, revision: bigint): boolean {
  const { succeeded } = state.decide({
    compares: [{ target: 'noPutSince', prefix, revision }],
    success: [],
  });
  return !succeeded;
}

describe('whether a key was put since', () => {
  it('is true exactly when one that is there is newer, durable or not', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 12 }),
        fc.nat(12),
        fc.nat(12),
        (operations, settled, compacted) => {
          const state = createState(new KeySpace());
          const decided: StoredTransaction[] = [];
          const present = new Map<string, bigint>();
          for (const only of operations) {
            const { transaction, revision } = state.decide({ compares: [], success: [only] });
            if (transaction === undefined) continue;
            decided.push(transaction);
            if (only.kind === 'put') present.set(only.key, revision);
            else if (only.kind === 'delete') present.delete(only.key);
          }
          state.settle(decided.slice(0, settled));
          state.history.compact(BigInt(Math.min(compacted, settled, decided.length)));
          for (let since = 0n; since <= BigInt(decided.length); since++) {
            for (const prefix of ['a/', 'b/', '']) {
              const newer = present
                .entries()
                .some(([name, revision]) => name.startsWith(prefix) && revision > since);
              expect(hasPutSince(state, prefix, since)).toBe(newer);
            }
          }
        },
      ),
    );
  });

  it('is found out without looking at every key', () => {
    const keys = new KeySpace();
    const state = createState(keys);
    const { transaction, revision } = state.decide({
      compares: [],
      success: [{ kind: 'put', key: 'a/1', value: '' }],
    });
    state.settle(transaction === undefined ? [] : [transaction]);
    const scan = vi.spyOn(keys, 'scan');

    expect(hasPutSince(state, 'a/', revision)).toBe(false);
    expect(hasPutSince(state, 'a/', revision - 1n)).toBe(true);
    expect(scan).not.toHaveBeenCalled();
  });
});
