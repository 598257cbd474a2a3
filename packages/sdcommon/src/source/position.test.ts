import { describe, expect, it } from 'vitest';

import { hasReached, type Position } from './position.ts';
import { WatchError } from './watch-error.ts';

describe('hasReached', () => {
  it('compares by order within an epoch', () => {
    expect(hasReached(at(5n), at(5n))).toBe(true);
    expect(hasReached(at(6n), at(5n))).toBe(true);
    expect(hasReached(at(4n), at(5n))).toBe(false);
    expect(hasReached(at(2n ** 53n + 1n), at(2n ** 53n + 2n))).toBe(false);
  });

  it('never reaches a position of another epoch', () => {
    expect(hasReached(at(9n), { ...at(5n), epoch: 'other' })).toBe(false);
  });
});

describe('WatchError', () => {
  it.each([
    ['compacted', true],
    ['invalidPosition', true],
    ['protocol', true],
    ['transport', false],
  ] as const)('for %s has lost the position: %s', (reason, isLost) => {
    const cause = new Error('cause');
    const error = new WatchError(reason, 'text', { cause });

    expect(error).toMatchObject({ name: 'WatchError', positionLost: isLost, cause });
  });
});

function at(order: bigint): Position {
  return { order, epoch: 'one', resume: '' };
}
