import { ManualClock, sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { RecordingLogger } from '../../test/recording-logger.ts';
import { SelfPreservation } from './self-preservation.ts';
import type { SelfPreservationOptions } from './self-preservation-options.ts';

/** A registry reduced to the keys of its instances. */
class Registry {
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly cached = new Set<string>();
  readonly released: string[] = [];
  readonly preservation: SelfPreservation;

  constructor(instances: number, options: SelfPreservationOptions = {}) {
    for (let index = 1; index <= instances; index++) this.cached.add(`/${index}`);
    this.preservation = new SelfPreservation({
      clock: this.clock,
      logger: this.logger,
      options,
      population: () => this.cached.size,
      release: (deletions) => {
        for (const { key } of deletions) {
          this.cached.delete(key);
          this.released.push(key);
        }
      },
    });
  }

  /** One batch of deletions of unknown cause. @returns those that passed */
  vanish(from: number, to: number, healthCheck = check(3, 0)): string[] {
    const passed: string[] = [];
    this.preservation.beginBatch();
    for (let index = from; index <= to; index++) {
      const key = `/${index}`;
      const instance = sampleInstance({ healthCheck });
      if (!this.preservation.admit({ key, revision: 9n }, instance)) continue;
      this.cached.delete(key);
      passed.push(key);
    }
    this.preservation.endBatch();
    return passed;
  }
}

function check(interval: number, times: number) {
  return { mode: 'push', port: 0, interval, times, url: '' };
}

/** The rules of the reference, without the allowance. */
const strict = { allowance: 0, allowanceRatio: 0 };

describe('a burst', () => {
  it('passes at once up to eight in a small registry', () => {
    const registry = new Registry(100);
    expect(registry.vanish(1, 8)).toHaveLength(8);
    expect(registry.preservation.heldCount).toBe(0);
    expect(registry.vanish(9, 9)).toEqual([]);
    expect(registry.preservation.isHeld('/9')).toBe(true);
  });

  it('passes at once up to one in a hundred in a large registry', () => {
    const registry = new Registry(2000);
    expect(registry.vanish(1, 25)).toHaveLength(20);
    expect(registry.preservation.heldCount).toBe(5);
  });

  it('is released when the window closes and most instances are still there', async () => {
    const registry = new Registry(100);
    registry.vanish(1, 50);
    await registry.clock.advance(1999);
    expect(registry.released).toEqual([]);
    await registry.clock.advance(1);
    expect(registry.released).toHaveLength(42);
    expect(registry.preservation.isProtecting).toBe(false);
    expect(registry.clock.pendingTimers).toBe(0);
  });

  it('may pass again in the next window', async () => {
    const registry = new Registry(100);
    registry.vanish(1, 8);
    await registry.clock.advance(2000);
    expect(registry.vanish(9, 16)).toHaveLength(8);
  });

  it('is kept for the time of the lease when most instances vanish', async () => {
    const registry = new Registry(100);
    registry.vanish(1, 80);
    expect(registry.preservation.isProtecting).toBe(true);
    await registry.clock.advance(2999);
    expect(registry.released).toEqual([]);
    await registry.clock.advance(1001);
    expect(registry.released).toHaveLength(72);
    expect(registry.preservation.isProtecting).toBe(false);
    expect(registry.clock.pendingTimers).toBe(0);
  });

  it('is not kept when one instance less vanishes', () => {
    const registry = new Registry(100);
    registry.vanish(1, 79);
    expect(registry.preservation.isProtecting).toBe(false);
  });

  it('counts those that passed before it is judged', () => {
    const registry = new Registry(10);
    expect(registry.vanish(1, 10)).toHaveLength(8);
    expect(registry.preservation.isProtecting).toBe(true);
    expect(registry.preservation.heldCount).toBe(2);
  });

  it('holds everything of unknown cause while it protects', () => {
    const registry = new Registry(100);
    registry.vanish(1, 80);
    expect(registry.vanish(81, 82)).toEqual([]);
  });
});

describe('the rows of spec 03 §13.9', () => {
  it('accepts nothing when it is switched off', async () => {
    const registry = new Registry(6, { ...strict, percentage: 0 });
    expect(registry.vanish(1, 6)).toHaveLength(6);
    expect(registry.clock.pendingTimers).toBe(0);
  });

  it('does not protect a population that is too small', async () => {
    const registry = new Registry(1, { ...strict, percentage: 1 });
    expect(registry.vanish(1, 1)).toEqual([]);
    await registry.clock.advance(3000);
    expect(registry.released).toEqual(['/1']);
  });

  it.each([
    [5, false],
    [6, true],
  ])('protects %d instances: %s', (instances, isProtected) => {
    const registry = new Registry(instances, { ...strict, percentage: 0.01 });
    registry.vanish(1, instances);
    expect(registry.preservation.isProtecting).toBe(isProtected);
  });

  it('keeps what vanished until its lease is over, and never deletes what came back', async () => {
    const registry = new Registry(6, { ...strict, percentage: 0.01 });
    registry.vanish(2, 6);
    for (const key of ['/2', '/4', '/5', '/6']) registry.preservation.cancel(key);
    await registry.clock.advance(3500);
    expect(registry.released).toEqual([]);
    await registry.clock.advance(500);
    expect(registry.released).toEqual(['/3']);
    await registry.clock.advance(600_000);
    expect(registry.released).toEqual(['/3']);
  });

  it.each([
    ['without a health check', undefined],
    ['without an interval', check(0, 3)],
    ['with a lease longer than ten minutes', check(100, 100)],
  ])('keeps an instance %s for ten minutes', async (_, healthCheck) => {
    const registry = new Registry(6, strict);
    for (let index = 1; index <= 6; index++) {
      const instance = sampleInstance({ healthCheck });
      registry.preservation.admit({ key: `/${index}`, revision: 9n }, instance);
    }
    registry.preservation.endBatch();
    await registry.clock.advance(599_999);
    expect(registry.released).toEqual([]);
    await registry.clock.advance(1);
    expect(registry.released).toHaveLength(6);
  });

  it('keeps the first countdown when the deletion is seen again', async () => {
    const registry = new Registry(6, strict);
    registry.vanish(1, 6);
    await registry.clock.advance(2500);
    registry.vanish(1, 6);
    await registry.clock.advance(1500);
    expect(registry.released).toHaveLength(6);
  });
});

it('stops protecting when everything came back, and says so', async () => {
  const registry = new Registry(10, strict);
  registry.vanish(1, 10);
  expect(registry.logger.messages('warn')).toHaveLength(1);
  for (let index = 1; index <= 10; index++) registry.preservation.cancel(`/${index}`);
  expect(registry.preservation.isProtecting).toBe(false);
  expect(registry.logger.messages('info')).toEqual(['self-preservation ended']);
  await registry.clock.advance(2000);
  expect(registry.clock.pendingTimers).toBe(0);
});

it('does not close its window within a batch', async () => {
  const registry = new Registry(100, strict);
  registry.vanish(1, 10);
  registry.preservation.beginBatch();
  await registry.clock.advance(5000);
  expect(registry.released).toEqual([]);
  registry.preservation.endBatch();
  expect(registry.released).toHaveLength(10);
});

it('forgets what it holds when it is closed', async () => {
  const registry = new Registry(100, strict);
  registry.vanish(1, 10);
  registry.preservation.close();
  expect(registry.clock.pendingTimers).toBe(0);
  expect(registry.preservation.heldCount).toBe(0);
});
