import type { CacheEvent } from '@service-center/sdcommon';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { AggregatorHarness, until } from '../test/aggregator-harness.ts';
import { EventHistory } from '../test/event-history.ts';
import { commits, faults, pauses, perform } from '../test/feed-script.ts';
import { cachedRecords, expectIndexesFollowCaches, expectMirrors } from '../test/index-model.ts';

const knownCauses = commits(['unregister', 'delete', 'expire']);
const anyCause = commits(['unregister', 'delete', 'expire', 'unknown']);

/** Ends all faults and gives the follower the time of the longest backoff. */
async function heal(harness: AggregatorHarness): Promise<void> {
  harness.feed.release();
  for (let attempt = 0; attempt < 20 && harness.feed.sessionCount === 0; attempt++) {
    await harness.clock.advance(31_000);
  }
  while (await failsToList(harness)) await harness.clock.advance(1000);
  harness.feed.bookmark();
  await harness.reached();
  // A store that was put back to where the follower happened to stand, and says nothing, is for the checker to find.
  if (!(await harness.aggregator.check()).isEqual) await harness.clock.advance(1000);
}

async function failsToList({ feed }: AggregatorHarness): Promise<boolean> {
  return feed.list({ signal: new AbortController().signal }).then(
    () => false,
    () => true,
  );
}

function byTypeAndKey(left: { type: string; key: string }, right: typeof left): number {
  return `${left.type} ${left.key}` < `${right.type} ${right.key}` ? -1 : 1;
}

it('mirrors the store after any faults, and tells every change once and in order (I1-I5, I7-I10, I12-I14, I27)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 5, arbitrary: anyCause },
          { weight: 2, arbitrary: faults },
          { weight: 2, arbitrary: pauses },
        ),
        { maxLength: 40 },
      ),
      fc.nat(10),
      async (actions, before) => {
        await using harness = new AggregatorHarness({ selfPreservation: { percentage: 0 } });
        const { aggregator, feed } = harness;
        const history = new EventHistory();
        const violations: unknown[] = [];
        const others: CacheEvent[] = [];
        aggregator.events$.subscribe((event) => {
          try {
            history.add(event, aggregator.isReady);
          } catch (violation) {
            violations.push(violation);
          }
          throw new Error('a follower that always fails');
        });
        aggregator.events$.subscribe((event) => others.push(event));
        for (const action of actions.slice(0, before)) await perform(harness, action);
        const started = aggregator.start();
        for (const action of actions.slice(before)) {
          await perform(harness, action);
          expect(aggregator.isReady || aggregator.position === undefined).toBe(true);
        }
        await heal(harness);
        await started;
        expect(violations).toEqual([]);
        expect(others).toEqual(harness.events);
        expectMirrors(aggregator, feed);
        expectIndexesFollowCaches(aggregator);
        expect(history.records.toSorted(byTypeAndKey)).toEqual(
          [...cachedRecords(aggregator)].toSorted(byTypeAndKey),
        );
        expect((await aggregator.check()).isEqual).toBe(true);
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

it('shows the history itself as long as nothing fails (I6)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: knownCauses }, { weight: 1, arbitrary: pauses }), {
        maxLength: 30,
      }),
      async (actions) => {
        await using harness = await new AggregatorHarness().start();
        const expected: string[] = [];
        const seen = new Map<string, boolean>();
        harness.feed
          .watch({ after: harness.feed.position, signal: new AbortController().signal })
          .subscribe(({ changes }) => {
            for (const change of changes) {
              const key = change.action === 'put' ? change.resource.key : change.key;
              const id = `${change.type} ${key}`;
              if (change.action === 'put') {
                expected.push(`${seen.has(id) ? 'UPDATE' : 'CREATE'} ${key}`);
                seen.set(id, true);
              } else if (change.action === 'delete' && seen.delete(id)) {
                expected.push(`DELETE ${key}`);
              }
            }
          });
        for (const action of actions) await perform(harness, action);
        await harness.reached();
        expect(harness.takeEvents()).toEqual(expected);
      },
    ),
    { numRuns: 200, seed: 2 },
  );
});

it('tells nothing when the store is listed again without a change (I8, I11)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(knownCauses, { maxLength: 10 }), async (actions) => {
      await using harness = await new AggregatorHarness().start();
      for (const action of actions) await perform(harness, action);
      await harness.reached();
      harness.takeEvents();
      harness.claimedPosition = { ...harness.feed.position, epoch: 'doubt' };
      const synced = harness.aggregator.sync({ timeoutMs: 500 });
      await harness.clock.advance(3000);
      expect(await synced).toBe(false);
      await until('another list', () => harness.feed.listCount === 2);
      expect(harness.takeEvents()).toEqual([]);
    }),
    { numRuns: 50, seed: 3 },
  );
});
