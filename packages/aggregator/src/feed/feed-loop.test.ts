import { defaultTenant, WatchError, type BackendHealth } from '@service-center/sdcommon';
import {
  instanceDraft,
  ManualClock,
  sampleInstance,
  ScriptedListWatch,
} from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';

import { until } from '../../test/aggregator-harness.ts';
import { RecordingLogger } from '../../test/recording-logger.ts';
import { FeedLoop, type FeedLoopOptions } from './feed-loop.ts';

const draft = instanceDraft(defaultTenant, sampleInstance());

function setUp(options: Partial<FeedLoopOptions> = {}) {
  const feed = new ScriptedListWatch();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const abort = new AbortController();
  const seen: string[] = [];
  const loop = new FeedLoop({
    feed,
    clock,
    logger,
    sink: {
      applyList: async (list) => {
        seen.push(`list ${list.position.order}`);
      },
      applyResponse: (response) => {
        seen.push(`response ${response.position.order}`);
      },
    },
    ...options,
  });
  const running = loop.run(abort.signal);
  return {
    feed,
    clock,
    logger,
    seen,
    loop,
    watching: () => until('a session', () => feed.sessionCount === 1),
    stop: async (): Promise<void> => {
      abort.abort();
      await running;
      expect(clock.pendingTimers).toBe(0);
      expect(feed.sessionCount).toBe(0);
    },
  };
}

describe('rounds', () => {
  it('list once, then watch from session to session, at least a second apart', async () => {
    const { feed, clock, seen, stop, watching } = setUp();
    await watching();
    feed.put(draft);
    await until('the response', () => seen.length === 2);
    feed.endSessions();
    await clock.advance(999);
    expect(feed.watchCount).toBe(1);
    await clock.advance(1);
    expect(feed.watchCount).toBe(2);
    await clock.advance(5000);
    feed.endSessions();
    await clock.advance(0);
    expect(feed.watchCount).toBe(3);
    expect(feed.listCount).toBe(1);
    expect(seen).toEqual(['list 1', 'response 2']);
    await stop();
  });

  it('start 1, 1, 1.6 and 2.56 s apart while they fail, 30 s at most', async () => {
    const { feed, clock, stop } = setUp();
    feed.failLists(...Array.from({ length: 15 }, () => new Error('away')));
    const startsMs: number[] = [];
    for (let tick = 0; tick < 1300; tick++) {
      await clock.advance(tick === 0 ? 0 : 100);
      while (startsMs.length < feed.listCount) startsMs.push(clock.monotonicMs());
    }
    const gapsMs = startsMs.slice(1).map((startMs, index) => startMs - (startsMs[index] ?? 0));
    const expected = [1000, 1600, 2560, 4096, 6553.6, 10_485.76, 16_777.216, 26_843.5456, 30_000];
    for (const [index, gapMs] of expected.entries()) {
      expect(Math.abs((gapsMs[index] ?? 0) - gapMs)).toBeLessThanOrEqual(100);
    }
    await stop();
  });

  it('count failures anew after something came through', async () => {
    const { feed, clock, stop, watching } = setUp();
    feed.failLists(...Array.from({ length: 4 }, () => new Error('away')));
    await clock.advance(20_000);
    await watching();
    feed.bookmark();
    await clock.advance(0);
    feed.breakSessions();
    feed.failWatches(new WatchError('transport', 'refused'));
    await clock.advance(0);
    const { watchCount } = feed;
    await clock.advance(1599);
    expect(feed.watchCount).toBe(watchCount);
    await clock.advance(1);
    expect(feed.watchCount).toBe(watchCount + 1);
    await stop();
  });
});

describe('the health of the store', () => {
  it('ends the wait for the next round, however long it was to be', async () => {
    const health$ = new Subject<BackendHealth>();
    const { feed, clock, stop, watching } = setUp({ health$ });
    feed.failLists(...Array.from({ length: 9 }, () => new Error('away')));
    await clock.advance(80_000);
    const { listCount } = feed;
    health$.next({ status: 'down', detail: 'away' });
    await clock.advance(5000);
    expect(feed.listCount).toBe(listCount);
    health$.next({ status: 'up' });
    await watching();
    expect(feed.listCount).toBe(listCount + 1);
    await stop();
    expect(health$.observed).toBe(false);
  });

  it('leaves a second between two rounds', async () => {
    const health$ = new Subject<BackendHealth>();
    const { feed, clock, stop, watching } = setUp({ health$ });
    feed.failLists(new Error('away'));
    await clock.advance(0);
    health$.next({ status: 'up' });
    await clock.advance(999);
    expect(feed.listCount).toBe(1);
    await clock.advance(1);
    await watching();
    expect(feed.listCount).toBe(2);
    await stop();
  });
});

describe('the position', () => {
  it.each([
    ['transport', 1],
    ['compacted', 2],
    ['invalidPosition', 2],
    ['protocol', 2],
  ] as const)('after an error "%s" makes %d list(s)', async (reason, lists) => {
    const { feed, clock, stop, watching } = setUp();
    await watching();
    feed.breakSessions(new WatchError(reason, reason));
    await clock.advance(1000);
    await watching();
    expect(feed.listCount).toBe(lists);
    await stop();
  });

  it.each([
    ['an older position', { order: 1n, epoch: 'epoch-1', resume: '' }],
    ['another history', { order: 99n, epoch: 'other', resume: '' }],
  ])('is not trusted after %s', async (_, position) => {
    const { feed, clock, seen, stop, watching } = setUp();
    await watching();
    feed.put(draft);
    await until('the response', () => seen.length === 2);
    feed.send({ changes: [], position });
    await clock.advance(1000);
    await watching();
    expect(seen).toEqual(['list 1', 'response 2', 'list 2']);
    await stop();
  });

  it('is not trusted when a response could not be applied', async () => {
    let isBroken = true;
    const lists: bigint[] = [];
    const { feed, clock, stop, watching } = setUp({
      sink: {
        applyList: async ({ position }) => {
          lists.push(position.order);
        },
        applyResponse: () => {
          if (isBroken) throw new Error('bug');
        },
      },
    });
    await watching();
    feed.put(draft);
    await clock.advance(1000);
    isBroken = false;
    await watching();
    expect(lists).toEqual([1n, 2n]);
    await stop();
  });
});

describe('requestList', () => {
  it('ends the session and lists, after what was received has been applied', async () => {
    const { feed, clock, loop, seen, stop, watching } = setUp();
    await watching();
    feed.put(draft);
    loop.requestList('test');
    await clock.advance(1000);
    await watching();
    expect(seen).toEqual(['list 1', 'response 2', 'list 2']);
    await stop();
  });

  it('follows on from its position when the store cannot be listed', async () => {
    const { feed, clock, loop, seen, stop, watching } = setUp();
    await watching();
    feed.failLists(new Error('away'));
    loop.requestList('test');
    await clock.advance(1000);
    await watching();
    feed.put(draft);
    await until('the response', () => seen.length === 2);
    expect(seen).toEqual(['list 1', 'response 2']);
    await stop();
  });
});

it('loses nothing when responses come faster than they are applied (I15)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }),
      async (bursts) => {
        const { feed, clock, seen, stop, watching } = setUp({ busCapacity: 5 });
        await watching();
        for (const burst of bursts) {
          for (let count = 0; count < burst; count++) feed.put(draft);
          await clock.advance(1000);
        }
        await clock.advance(30_000);
        const last = feed.position.order;
        const expected = Array.from(
          { length: Number(last) - 1 },
          (_, index) => `response ${index + 2}`,
        );
        expect(seen).toEqual(['list 1', ...expected]);
        expect(feed.listCount).toBe(1);
        await stop();
      },
    ),
    { numRuns: 50, seed: 7 },
  );
});
