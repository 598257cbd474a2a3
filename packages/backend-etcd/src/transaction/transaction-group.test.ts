import type { Compare, KvTransaction, KvTransactionResult } from '@service-center/backend-kv';
import { expect, it } from 'vitest';

import { encodeTransaction } from '../codec/transaction.ts';
import { footprintOf } from './transaction-footprint.ts';
import { groupLimits, TransactionGroup } from './transaction-group.ts';

const readKey = Buffer.from('/');

/** @returns whether there was room */
function add(group: TransactionGroup, transaction: KvTransaction): boolean {
  const request = encodeTransaction(transaction, readKey);
  const outcome = Promise.withResolvers<KvTransactionResult>();
  return group.add({ transaction, request, outcome }, footprint(transaction));
}

function footprint(transaction: KvTransaction): NonNullable<ReturnType<typeof footprintOf>> {
  const found = footprintOf(transaction);
  if (found === undefined) throw new Error('it cannot be in a group');
  return found;
}

function isAbsent(key: string): Compare {
  return { key, target: 'createRevision', operator: 'equal', operand: 0n };
}

function putting(...keys: readonly string[]): KvTransaction {
  return { compares: [], success: keys.map((key) => ({ kind: 'put', key, value: '' })) };
}

/** Has to do with `c` as a compared key, `g` as a read one, `s` and `f` as those that the branches write. */
const wide: KvTransaction = {
  compares: [isAbsent('c')],
  success: [
    { kind: 'get', key: 'g' },
    { kind: 'put', key: 's', value: '' },
  ],
  failure: [{ kind: 'put', key: 'f', value: '' }],
};

it.each(['c', 'g', 's', 'f'])('lets nobody write %s, which another has to do with', (key) => {
  const group = new TransactionGroup();
  add(group, wide);
  expect(group.conflictsWith(footprint(putting(key)))).toBe(true);

  const reversed = new TransactionGroup();
  add(reversed, putting(key));
  expect(reversed.conflictsWith(footprint(wide))).toBe(true);
});

it('lets any number compare and read what nobody writes', () => {
  const group = new TransactionGroup();
  const one: KvTransaction = { ...wide, success: [{ kind: 'put', key: 'one', value: '' }] };
  const other: KvTransaction = { compares: [isAbsent('c')], success: [{ kind: 'get', key: 'g' }] };
  add(group, one);

  expect(group.conflictsWith(footprint(other))).toBe(false);
  expect(group.conflictsWith(footprint(putting('other')))).toBe(false);
});

it('knows no keys of what names prefixes or deletes', () => {
  const excluded: readonly KvTransaction[] = [
    { compares: [{ target: 'empty', prefix: 'p/' }], success: [] },
    { compares: [{ target: 'noPutSince', prefix: 'p/', revision: 1n }], success: [] },
    { compares: [], success: [{ kind: 'delete', key: 'a' }] },
    { compares: [], success: [], failure: [{ kind: 'deletePrefix', prefix: 'a' }] },
  ];
  expect(excluded.map((transaction) => footprintOf(transaction))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('has room for as many as it may have', () => {
  const group = new TransactionGroup();
  for (let index = 0; index < groupLimits.transactions; index++) {
    expect(add(group, putting(`k${index}`))).toBe(true);
  }

  expect(add(group, putting('one more'))).toBe(false);
  expect(group.members).toHaveLength(groupLimits.transactions);
});

/** A transaction of this many compares of keys that others compare too. */
function comparing(key: string, count: number): KvTransaction {
  const compares = Array.from({ length: count }, (_, index) => isAbsent(`c${index % 10}`));
  return { ...putting(key), compares };
}

it('has room for as many compares, and operations, as it may have', () => {
  const group = new TransactionGroup();
  expect(add(group, comparing('a', groupLimits.steps - 1))).toBe(false);
  for (const key of ['a', 'b', 'c']) expect(add(group, comparing(key, 30))).toBe(true);
  expect(add(group, comparing('d', 31))).toBe(false);
  expect(add(group, comparing('d', 30))).toBe(true);
  expect(add(group, putting('e'))).toBe(false);
});

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

it('has room for as many declared keys and nested operations as etcd takes', () => {
  const group = new TransactionGroup();
  const writing = putting(...numbered('w', groupLimits.depth / 2));
  expect(add(group, writing)).toBe(true);
  expect(add(group, putting('one more'))).toBe(false);

  const branches = new TransactionGroup();
  const half = groupLimits.depth / 4;
  const both = {
    ...putting(...numbered('s', half)),
    failure: putting(...numbered('f', half)).success,
  };
  expect(add(branches, both)).toBe(true);
  expect(add(branches, putting('one more'))).toBe(false);

  const compares = new TransactionGroup();
  const compared = numbered('c', groupLimits.depth / 2 - 1);
  expect(add(compares, { ...putting('a'), compares: compared.map(isAbsent) })).toBe(true);
  expect(add(compares, putting('b'))).toBe(true);
  expect(add(compares, putting('c'))).toBe(false);
});

it('has room for as many bytes as it may have', () => {
  const group = new TransactionGroup();
  const half = 'x'.repeat(groupLimits.bytes / 2 - 200);
  for (const key of ['a', 'b']) {
    expect(add(group, { compares: [], success: [{ kind: 'put', key, value: half }] })).toBe(true);
  }

  const value = '鍵'.repeat(100);
  expect(add(group, { compares: [], success: [{ kind: 'put', key: 'c', value }] })).toBe(false);
});
