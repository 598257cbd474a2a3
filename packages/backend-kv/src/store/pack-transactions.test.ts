import { expect, it } from 'vitest';

import { isAbsent, isPresent } from './compares.ts';
import { packTransactions, type TransactionStep } from './pack-transactions.ts';
import { maxTransactionOperations } from './transaction-limit.ts';

function step(name: string, operations = 1): TransactionStep {
  return {
    compares: [isAbsent(name)],
    operations: Array.from({ length: operations }, (_, index) => ({
      kind: 'put',
      key: `${name}/${index}`,
      value: '',
    })),
  };
}

it('makes one transaction of what fits', () => {
  const packed = packTransactions([step('a', 2), step('b', 3)], [isPresent('guard')]);

  expect(packed).toHaveLength(1);
  expect(packed[0]?.compares).toEqual([isPresent('guard'), isAbsent('a'), isAbsent('b')]);
  expect(packed[0]?.operations).toHaveLength(5);
});

it('makes as many as it takes, in order, with the guard in each and no step torn', () => {
  const steps = Array.from({ length: 100 }, (_, index) => step(`s${index}`, 3));
  const packed = packTransactions(steps, [isPresent('guard')]);

  expect(packed.flatMap(({ operations }) => operations)).toEqual(
    steps.flatMap(({ operations }) => operations),
  );
  for (const { compares, operations } of packed) {
    expect(compares[0]).toEqual(isPresent('guard'));
    expect(compares.length).toBeLessThanOrEqual(maxTransactionOperations);
    expect(operations.length).toBeLessThanOrEqual(maxTransactionOperations);
    expect(operations.length % 3).toBe(0);
  }
  expect(packed).toHaveLength(3);
});

it('counts the compares too', () => {
  const steps = Array.from({ length: 200 }, (_, index) => step(`s${index}`));
  for (const { compares } of packTransactions(steps, [isPresent('guard')])) {
    expect(compares.length).toBeLessThanOrEqual(maxTransactionOperations);
  }
});

it('makes none of nothing', () => {
  expect(packTransactions([], [isPresent('guard')])).toEqual([]);
});
