import { WatchError } from '@service-center/sdcommon';
import { describe, expect } from 'vitest';

import type { KvEvent } from '../../store/kv-event.ts';
import type { KvStoreFixture, KvStoreTest } from './kv-store-fixture.ts';
import { eventKey, eventRevision, type WatchRecorder } from './watch-recorder.ts';

/** Watches: order, completeness, resumption and how they end. */
export function describeWatches(it: KvStoreTest): void {
  describe('watches', () => {
    it('show every change once, in order, with what was there before', async ({ store }) => {
      const start = await store.kv.currentRevision();
      const recorder = store.watch(start);
      await store.put('a', '1');
      await store.put('a', '2');
      await store.delete('a');
      const end = await store.put('a', '3');
      await recorder.reached(end);

      const shown = recorder.events.map((event) => [
        event.kind,
        event.kind === 'put' ? event.record.value : event.cause,
        event.previous?.value,
      ]);
      expect(shown).toEqual([
        ['put', '1', undefined],
        ['put', '2', '1'],
        ['delete', 'delete', '2'],
        ['put', '3', undefined],
      ]);
    });

    it('show the same whether they began before the changes or after', async ({ store }) => {
      const start = await store.kv.currentRevision();
      const early = store.watch(start);
      const end = await writeAStory(store);
      const late = store.watch(start);
      await Promise.all([early.reached(end), late.reached(end)]);

      expect(late.events).toEqual(early.events);
      expect(early.events.length).toBeGreaterThan(5);
    });

    it('never split a transaction, and keep the order of its operations', async ({ store }) => {
      await store.put('p/1', 'x');
      const before = await store.put('p/2', 'x');
      const recorder = store.watch(before);
      const { revision } = await store.kv.commit({
        compares: [],
        success: [
          { kind: 'put', key: store.key('z'), value: '1' },
          { kind: 'deletePrefix', prefix: store.key('p/') },
          { kind: 'put', key: store.key('a'), value: '1' },
        ],
      });
      await recorder.reached(revision);

      const names = recorder.events.map((event) => eventKey(event).slice(store.prefix.length));
      expect(names).toEqual(['z', 'p/1', 'p/2', 'a']);
      expect(recorder.batches.filter(({ events }) => events.length > 0)).toHaveLength(1);
      expect(new Set(recorder.events.map(eventRevision))).toEqual(new Set([revision]));
    });

    it('show a batch with a revision that covers it', async ({ store }) => {
      const start = await store.kv.currentRevision();
      const recorder = store.watch(start);
      await recorder.reached(await writeAStory(store));

      let reached = start;
      for (const { events, revision } of recorder.batches) {
        for (const event of events) {
          expect(eventRevision(event)).toBeGreaterThan(reached);
          expect(eventRevision(event)).toBeLessThanOrEqual(revision);
        }
        expect(revision).toBeGreaterThan(reached);
        reached = revision;
      }
    });

    it('continue after any batch without a gap or a repetition', async ({ store }) => {
      const start = await store.kv.currentRevision();
      const recorder = store.watch(start);
      const end = await writeAStory(store);
      await recorder.reached(end);

      for (const [index, { revision }] of recorder.batches.entries()) {
        const rest = recorder.batches.slice(index + 1).flatMap(({ events }) => events);
        if (rest.length === 0) continue;
        const resumed = store.watch(revision);
        await resumed.reached(end);
        expect(resumed.events).toEqual(rest);
      }
    });

    it('show only what starts with the prefix', async ({ store }) => {
      const recorder = store.watch(await store.kv.currentRevision(), 'in/');
      await store.put('in/a', '1');
      await store.put('out/a', '1');
      await store.put('in', '1');
      const end = await store.put('in/b', '1');
      await recorder.reached(end);

      expect(recorder.events.map(eventKey)).toEqual([store.key('in/a'), store.key('in/b')]);
    });

    it('reach the revision of the store when others write other keys', async ({ store }) => {
      const recorder = store.watch(await store.kv.currentRevision(), 'in/');
      await store.put('out/a', '1');
      await recorder.reached(await store.kv.currentRevision());

      expect(recorder.events).toEqual([]);
    });

    it('show what was written without a wait for it', async ({ store }) => {
      const recorder = store.watch(await store.kv.currentRevision());
      const writing = Promise.all(
        Array.from({ length: 50 }, async (_, index) => store.put(`k${index}`, String(index))),
      );
      const revisions = await writing;
      const end = revisions.reduce((left, right) => (left > right ? left : right));
      await recorder.reached(end);

      expect(recorder.events.map(eventRevision)).toEqual(
        revisions.toSorted((left, right) => (left < right ? -1 : 1)),
      );
    });

    it('are shown to each watcher on its own', async ({ store }) => {
      const start = await store.kv.currentRevision();
      const stays = store.watch(start);
      const leaves = store.watch(start);
      await leaves.reached(await store.put('a', '1'));
      leaves.stop();
      await stays.reached(await store.put('a', '2'));

      expect(values(leaves)).toEqual(['1']);
      expect(values(stays)).toEqual(['1', '2']);
    });

    it('complete when their signal is aborted', async ({ store }) => {
      const leaving = new AbortController();
      const recorder = store.watch(await store.kv.currentRevision(), '', leaving.signal);
      await recorder.reached(await store.put('a', '1'));
      leaving.abort();

      expect(await recorder.ended()).toEqual({ kind: 'completed' });
      await store.put('a', '2');
      expect(values(recorder)).toEqual(['1']);
    });

    it('from a compacted revision fail', async ({ store }) => {
      const old = await store.put('a', '1');
      await store.put('a', '2');
      const kept = await store.put('a', '3');
      await store.kv.compact(kept);

      expect(await endOf(store.watch(old))).toBe('compacted');
      const fromKept = store.watch(kept);
      await fromKept.reached(await store.put('a', '4'));
      expect(values(fromKept)).toEqual(['4']);
    });

    it('from a revision beyond the end fail', async ({ store }) => {
      const revision = await store.put('a', '1');

      expect(await endOf(store.watch(revision + 1_000_000n))).toBe('invalidPosition');
    });
  });
}

/** Writes changes of every kind; returns the revision of the last. */
async function writeAStory(store: KvStoreFixture): Promise<bigint> {
  const { id } = await store.kv.grantLease(60);
  await store.put('a', '1');
  await store.put('b', '1', id);
  await store.put('a', '2');
  await store.kv.commit({
    compares: [],
    success: [
      { kind: 'put', key: store.key('c'), value: '1' },
      { kind: 'delete', key: store.key('a') },
    ],
  });
  await store.kv.revokeLease(id);
  return store.put('a', '3');
}

function values(recorder: WatchRecorder): readonly (string | undefined)[] {
  return recorder.events.map((event: KvEvent) =>
    event.kind === 'put' ? event.record.value : undefined,
  );
}

async function endOf(recorder: WatchRecorder): Promise<unknown> {
  const end = await recorder.ended();
  if (end.kind !== 'failed') return end.kind;
  return end.error instanceof WatchError ? end.error.reason : end.error;
}
