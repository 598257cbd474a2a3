import { ServiceCenterError, type LogFields, type Logger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { LeaseReturns } from './lease-returns.ts';

/** The leases of a store that can be cut off, or lose its answers. */
class CuttableLeases {
  state: 'there' | 'away' | 'losingAnswers' | 'broken' = 'there';
  readonly alive = new Set<bigint>();
  /** Leases that it does not revoke, and says that it is away. */
  readonly stuck = new Set<bigint>();
  tries = 0;

  async revokeLease(id: bigint): Promise<bigint | undefined> {
    this.tries++;
    if (this.state === 'broken') throw new TypeError('broken');
    if (this.state === 'away' || this.stuck.has(id))
      throw new ServiceCenterError('unavailableBackend', 'cut off');
    const wasAlive = this.alive.delete(id);
    if (this.state === 'losingAnswers') {
      throw new ServiceCenterError('unavailableBackend', 'the answer is lost');
    }
    return wasAlive ? 7n : undefined;
  }
}

class Rig {
  readonly clock = new ManualClock();
  readonly store = new CuttableLeases();
  readonly closing = new AbortController();
  readonly log: { readonly level: string; readonly fields: LogFields }[] = [];
  readonly returns = new LeaseReturns({
    store: this.store,
    clock: this.clock,
    logger: this.#logger(),
    closing: this.closing.signal,
  });

  /** Grants a lease and gives it back. */
  async giveBack(id: bigint, lockName = 'work'): Promise<void> {
    this.store.alive.add(id);
    await this.returns.giveBack(lockName, id);
  }

  #logger(): Logger {
    const at =
      (level: string) =>
      (fields: LogFields): void => {
        this.log.push({ level, fields });
      };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}

describe('a lease that is given back', () => {
  it('is revoked, and that is all', async () => {
    const rig = new Rig();
    rig.store.alive.add(2n);
    await rig.giveBack(1n);

    expect([...rig.store.alive]).toEqual([2n]);
    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.log).toEqual([]);
  });

  it('may be gone already', async () => {
    const rig = new Rig();
    await rig.returns.giveBack('work', 1n);

    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.log).toEqual([]);
  });

  it('fails with what is wrong besides the store being away', async () => {
    const rig = new Rig();
    rig.store.state = 'broken';

    await expect(rig.giveBack(1n)).rejects.toThrow('broken');
    expect(rig.clock.pendingTimers).toBe(0);
  });
});

describe('a lease that the store was away for', () => {
  it('is returned within two seconds of its return, and is told of once', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.giveBack(2n, 'other work');
    await rig.clock.advance(20_000);
    expect(rig.store.alive.size).toBe(2);

    rig.store.state = 'there';
    await rig.clock.advance(2000);
    expect(rig.store.alive.size).toBe(0);
    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.log).toMatchObject([
      { level: 'warn', fields: { lock: 'work', lease: '1' } },
      { level: 'warn', fields: { lock: 'other work', lease: '2' } },
    ]);
  });

  it('is asked for in growing waits, one lease for all', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.giveBack(2n);
    expect(rig.store.tries).toBe(2);
    const triesAt: number[] = [];
    for (let second = 1; second <= 9; second++) {
      const before = rig.store.tries;
      await rig.clock.advance(1000);
      if (rig.store.tries > before) triesAt.push(second);
    }

    // After 1 s, 1.6 s, and 2 s from then on.
    expect(triesAt).toEqual([1, 3, 5, 7, 9]);
    expect(rig.store.tries).toBe(7);
  });

  it('is not held up by one that cannot be revoked', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.giveBack(2n, 'other work');
    rig.store.state = 'there';
    rig.store.stuck.add(1n);
    await rig.clock.advance(5000);

    expect([...rig.store.alive]).toEqual([1n]);
  });

  it('is returned although only the answer was lost', async () => {
    const rig = new Rig();
    rig.store.state = 'losingAnswers';
    await rig.giveBack(1n);
    expect(rig.clock.pendingTimers).toBe(1);
    rig.store.state = 'there';
    await rig.clock.advance(1000);

    expect(rig.store.tries).toBe(2);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('is returned however long the store was away', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.clock.advance(3_600_000);
    rig.store.state = 'there';
    await rig.clock.advance(2000);

    expect(rig.store.alive.size).toBe(0);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('is given up, and told of, when something else is wrong; the others are not', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    rig.store.state = 'broken';
    await rig.clock.advance(1000);
    expect(rig.log.at(-1)).toMatchObject({ level: 'error', fields: { lease: '1' } });
    expect(rig.clock.pendingTimers).toBe(0);

    rig.store.state = 'away';
    await rig.giveBack(2n);
    rig.store.state = 'there';
    await rig.clock.advance(1000);
    expect([...rig.store.alive]).toEqual([1n]);
  });

  it('is told of once when it is given back again', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.giveBack(1n);
    expect(rig.log).toHaveLength(1);
    rig.store.state = 'there';
    await rig.giveBack(1n);

    expect(rig.store.alive.size).toBe(0);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('leaves no timer behind when the backend is closed', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    rig.closing.abort();
    expect(rig.clock.pendingTimers).toBe(0);
    await rig.giveBack(2n);

    expect(rig.clock.pendingTimers).toBe(0);
    expect(rig.log).toHaveLength(2);
  });
});

describe('settling a lock', () => {
  it('returns what is owed of it at once', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);
    await rig.giveBack(2n);
    await rig.giveBack(3n, 'other work');
    rig.store.state = 'there';
    await rig.returns.settle('work');

    expect([...rig.store.alive]).toEqual([3n]);
    await rig.returns.settle('other work');
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('asks nothing of the store when nothing is owed', async () => {
    const rig = new Rig();
    await rig.returns.settle('work');

    expect(rig.store.tries).toBe(0);
  });

  it('fails while the store is away, and the lease is returned later', async () => {
    const rig = new Rig();
    rig.store.state = 'away';
    await rig.giveBack(1n);

    await expect(rig.returns.settle('work')).rejects.toSatisfy((error) =>
      ServiceCenterError.is(error, 'unavailableBackend'),
    );
    rig.store.state = 'there';
    await rig.clock.advance(2000);
    expect(rig.store.alive.size).toBe(0);
  });
});
