import { describe, expect, it } from 'vitest';

import { KeyHistory } from './key-history.ts';
import type { StoredTransaction } from './stored-event.ts';
import { StoredRecord } from './stored-record.ts';

function transactionOf(revision: bigint, keys: readonly string[], length = 10): StoredTransaction {
  const events = keys.map((key) => ({
    kind: 'put' as const,
    record: new StoredRecord({
      rowId: 1,
      key,
      value: 'x'.repeat(length),
      createRevision: revision,
      modRevision: revision,
      version: 1n,
      lease: 0n,
    }),
    previous: undefined,
  }));
  return { revision, events };
}

function revisionsAfter(history: KeyHistory, revision: bigint): bigint[] {
  return [...history.after(revision)].map((transaction) => transaction.revision);
}

describe('the history', () => {
  it('keeps at least 10,000 changes of usual size', () => {
    const history = new KeyHistory(0n);
    for (let revision = 1n; revision <= 10_000n; revision++) {
      history.append(transactionOf(revision, ['a'], 1000));
    }

    expect(history.floor).toBe(0n);
    expect(history.changes).toBe(10_000);
  });

  it('keeps at most 64 MiB', () => {
    const history = new KeyHistory(0n);
    for (let revision = 1n; revision <= 100n; revision++) {
      history.append(transactionOf(revision, ['a'], 1024 * 1024));
      expect(history.bytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    }

    expect(history.floor).toBeGreaterThan(60n);
    expect(revisionsAfter(history, 98n)).toEqual([99n, 100n]);
  });

  it('forgets the oldest transactions whole', () => {
    const history = new KeyHistory(5n, { maxChanges: 4 });
    history.append(transactionOf(6n, ['a', 'b', 'c']));
    history.append(transactionOf(7n, ['a', 'b']));
    history.append(transactionOf(8n, ['a', 'b']));

    expect(history.floor).toBe(6n);
    expect(revisionsAfter(history, 6n)).toEqual([7n, 8n]);
    expect(history.changes).toBe(4);
  });

  it('forgets even a transaction that is too large by itself', () => {
    const history = new KeyHistory(0n, { maxChanges: 2 });
    history.append(transactionOf(1n, ['a', 'b', 'c']));

    expect(history.floor).toBe(1n);
    expect(history.changes).toBe(0);
    expect(history.bytes).toBe(0);
  });

  it('is compacted up to a revision that stays readable', () => {
    const history = new KeyHistory(0n);
    for (let revision = 1n; revision <= 5n; revision++) {
      history.append(transactionOf(revision, ['a']));
    }
    history.compact(3n);
    history.compact(2n);

    expect(history.floor).toBe(3n);
    expect(revisionsAfter(history, 3n)).toEqual([4n, 5n]);
  });
});
