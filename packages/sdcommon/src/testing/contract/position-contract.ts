import { describe, expect } from 'vitest';

import type { Position } from '../../source/position.ts';
import { WatchError } from '../../source/watch-error.ts';
import type { BackendFixture, BackendTest } from './backend-fixture.ts';

/** Positions that are lost, and those that are not (design §3.1, spec 03 §12.2). */
export function describePositions(it: BackendTest): void {
  describe('positions', () => {
    it('grow with each write', async ({ store }) => {
      const before = await store.position();
      const first = await store.registerService();
      const second = await store.registerInstance();
      const after = await store.position();

      expect(new Set([before, first.position, second.position, after].map(epochOf)).size).toBe(1);
      expect(first.position.order).toBeGreaterThan(before.order);
      expect(second.position.order).toBeGreaterThan(first.position.order);
      expect(after.order).toBeGreaterThanOrEqual(second.position.order);
    });

    it('of another epoch are lost', async ({ store }) => {
      const { position } = await store.registerService();
      const foreign = { ...position, epoch: 'another-history' };

      await expectWatchFailure(store, foreign, 'invalidPosition');
      await expectListFailure(store, foreign, 'invalidPosition');
    });

    it('beyond the end of the history are lost', async ({ store }) => {
      await store.registerService();
      const { order, epoch } = await store.position();
      const beyond = { order: order + 1000n, epoch, resume: String(order + 1000n) };

      await expectWatchFailure(store, beyond, 'invalidPosition');
      await expectListFailure(store, beyond, 'invalidPosition');
    });
  });
}

/** What compaction loses, and what it leaves alone (spec 03 §12.2). */
export function describeCompaction(it: BackendTest): void {
  describe('compaction', () => {
    it('loses the positions before it', async ({ store }) => {
      const { position: early } = await store.registerService();
      const { position: late } = await store.registerInstance();
      await store.caughtUp();
      await store.compact(late);

      await expectWatchFailure(store, early, 'compacted');
      await expectListFailure(store, early, 'compacted');
    });

    it('leaves its own position and later ones good', async ({ store }) => {
      await store.registerService();
      const { position } = await store.registerInstance();
      await store.caughtUp();
      const before = await store.list(position);
      await store.compact(position);
      const { position: next } = await store.registerInstance({ instanceId: 'next' });
      const recorder = store.record(store.backend.feed, position);
      await recorder.reached(next);

      expect(await store.list(position)).toEqual(before);
      expect(recorder.changes).toMatchObject([
        { action: 'put', resource: { identity: { instanceId: 'next' } } },
      ]);
    });

    it('does not disturb open sessions', async ({ store }) => {
      const recorder = store.record(store.backend.feed, await store.position());
      await store.registerService();
      await recorder.reached(await store.position());
      const { position } = await store.registerInstance();
      await recorder.reached(position);
      await store.compact(position);
      const { position: next } = await store.registerInstance({ instanceId: 'next' });
      await recorder.reached(next);

      expect(recorder.end).toBeUndefined();
      const types = recorder.changes.map(({ type }) => type);
      expect(types.filter((type) => type === 'INSTANCE')).toHaveLength(2);
    });

    it('are unchanged by a compaction, like everything stored', async ({ store }) => {
      await store.registerService();
      await store.registerInstance();
      const position = await store.caughtUp();
      const before = await store.list();
      await store.compact(position);

      expect(await store.position()).toEqual(position);
      expect(await store.list()).toEqual(before);
      const key = { tenant: { domain: 'default', project: 'default' }, serviceId: 'cart-1' };
      expect(await store.backend.instances.renew({ ...key, instanceId: 'cart-1-a' })).toMatchObject(
        { isConfirmed: true },
      );
    });
  });
}

function epochOf(position: Position): string {
  return position.epoch;
}

async function expectWatchFailure(
  store: BackendFixture,
  after: Position,
  reason: WatchError['reason'],
): Promise<void> {
  const recorder = store.record(store.backend.feed, after);
  const end = await recorder.ended();
  expect(recorder.changes).toEqual([]);
  expect(end).toMatchObject({ kind: 'failed', error: { reason, positionLost: true } });
  expect(end.kind === 'failed' && end.error).toBeInstanceOf(WatchError);
}

async function expectListFailure(
  store: BackendFixture,
  at: Position,
  reason: WatchError['reason'],
): Promise<void> {
  const list = store.list(at);
  await expect(list).rejects.toBeInstanceOf(WatchError);
  await expect(list).rejects.toMatchObject({ reason, positionLost: true });
}
