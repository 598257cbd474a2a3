import { defaultTenant, leaseSeconds } from '@service-center/sdcommon';
import {
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
} from '@service-center/sdcommon/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { AggregatorHarness } from '../../test/aggregator-harness.ts';
import { expectIndexesFollowCaches, expectMirrors } from '../../test/index-model.ts';

const population = 12;
const windowMs = 2000;

const ids = fc.subarray(
  Array.from({ length: population }, (_, index) => `i${index}`),
  { minLength: 1 },
);
const actions = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('vanish' as const), ids }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), ids }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unregister' as const), ids }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'relist' as const, ids: [] }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(300, 1999, 2000, 7000)
      .map((ms) => ({ kind: 'advance' as const, ms, ids: [] })),
  },
);

function draftOf(instanceId: string) {
  const index = Number(instanceId.slice(1));
  const healthCheck =
    index === 0 ? undefined : { mode: 'push', port: 0, interval: index, times: 1, url: '' };
  return instanceDraft(defaultTenant, sampleInstance({ instanceId, healthCheck }));
}

function protectionMs(instanceId: string): number {
  return (leaseSeconds(draftOf(instanceId).value.healthCheck) ?? 600) * 1000;
}

it('ends every held deletion once: cancelled by a return, or delivered in time (I19, I20)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(actions, { maxLength: 25 }),
      fc.constantFrom({}, { allowance: 0, allowanceRatio: 0 }),
      fc.constantFrom(0.3, 0.8),
      async (script, allowance, percentage) => {
        await using harness = await new AggregatorHarness({
          selfPreservation: { ...allowance, percentage },
        }).start();
        const { feed, clock, aggregator } = harness;
        feed.put(serviceDraft(defaultTenant, sampleService()));
        feed.put(...Array.from({ length: population }, (_, index) => draftOf(`i${index}`)));
        await harness.reached();

        /** When each instance that is gone from the store vanished. */
        const vanishedMs = new Map<string, number>();
        const problems: string[] = [];
        let wasProtecting = false;
        aggregator.events('INSTANCE').subscribe(({ type, cause, resource }) => {
          const { instanceId } = resource.identity;
          if (type !== 'DELETE' || cause !== 'unknown') return;
          const sinceMs = vanishedMs.get(instanceId);
          if (sinceMs === undefined) problems.push(`${instanceId} is stored, but was deleted`);
          else if (clock.monotonicMs() > sinceMs + protectionMs(instanceId) + 2 * windowMs) {
            problems.push(`${instanceId} was deleted too late`);
          } else if (wasProtecting && clock.monotonicMs() < sinceMs + protectionMs(instanceId)) {
            problems.push(`${instanceId} was deleted under protection`);
          }
        });
        for (const action of script) {
          wasProtecting = aggregator.isSelfPreserving;
          const gone = action.ids.filter((id) => vanishedMs.has(id));
          const there = action.ids.filter((id) => !vanishedMs.has(id));
          if (action.kind === 'vanish') {
            for (const id of there) vanishedMs.set(id, clock.monotonicMs());
            feed.delete('unknown', ...there.map(draftOf));
          } else if (action.kind === 'unregister') {
            for (const id of there) vanishedMs.set(id, clock.monotonicMs());
            feed.delete('unregister', ...there.map(draftOf));
          } else if (action.kind === 'return') {
            for (const id of gone) vanishedMs.delete(id);
            feed.put(...gone.map(draftOf));
          } else if (action.kind === 'relist') {
            feed.compact();
            feed.endSessions();
            feed.put(serviceDraft(defaultTenant, sampleService()));
            feed.compact();
            await clock.advance(2000);
          } else {
            await clock.advance(action.ms);
          }
          await harness.reached();
          for (const id of action.kind === 'unregister' ? there : []) {
            expect(aggregator.instances.get(defaultTenant, 'cart-1', id)).toBeUndefined();
          }
          for (let index = 0; index < population; index++) {
            if (vanishedMs.has(`i${index}`)) continue;
            expect(aggregator.instances.get(defaultTenant, 'cart-1', `i${index}`)).toBeDefined();
          }
          expectIndexesFollowCaches(aggregator);
          expect((await aggregator.check()).isEqual).toBe(true);
        }
        await clock.advance(600_000 + 2 * windowMs);
        expect(problems).toEqual([]);
        expectMirrors(aggregator, feed);
        expect(aggregator.isSelfPreserving).toBe(false);
      },
    ),
    { numRuns: 150, seed: 4 },
  );
});
