import { defaultTenant, WatchError } from '@service-center/sdcommon';
import {
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
} from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { AggregatorHarness, until } from '../../test/aggregator-harness.ts';
import { expectIndexesFollowCaches, expectMirrors } from '../../test/index-model.ts';
import type { CacheCheck, TypeCheck } from './cache-check.ts';

const cart = serviceDraft(defaultTenant, sampleService());
const instance = (instanceId: string, hostName = 'node-1') =>
  instanceDraft(defaultTenant, sampleInstance({ instanceId, hostName }));

function ofInstances({ types }: CacheCheck): TypeCheck | undefined {
  return types.find(({ type }) => type === 'INSTANCE');
}

/** Started, with the instances a, b and c, which all are to know. */
async function started(options: ConstructorParameters<typeof AggregatorHarness>[0] = {}) {
  const harness = await new AggregatorHarness(options).start();
  harness.feed.put(cart, instance('a'), instance('b'), instance('c'));
  await harness.reached();
  harness.takeEvents();
  return harness;
}

describe('check', () => {
  it('finds the caches equal to the store, with equal digests', async () => {
    await using harness = await started();
    const check = await harness.aggregator.check();
    expect(check).toMatchObject({ isEqual: true, isReached: true });
    expect(check.position).toEqual(harness.feed.position);
    const instances = ofInstances(check);
    expect(instances).toMatchObject({ compared: 3, missing: 0, stale: 0, extra: 0, examples: [] });
    expect(instances?.cacheDigest).toBe(instances?.storeDigest);
    expect(harness.metric('cache_check_total', 'equal')).toBe(1);
    expect(harness.logger.lines).toEqual([]);
  });

  it('finds lost changes, raises an alarm and has them mended as ordinary events', async () => {
    await using harness = await started();
    harness.isLosingChanges = true;
    harness.feed.put(instance('d'), instance('b', 'node-2'));
    harness.feed.delete('unregister', instance('a'));
    await harness.reached();
    expect(harness.takeEvents()).toEqual([]);
    const check = await harness.aggregator.check();
    expect(check.isEqual).toBe(false);
    expect(ofInstances(check)).toMatchObject({ missing: 1, stale: 1, extra: 1 });
    expect(ofInstances(check)?.examples).toHaveLength(3);
    expect(ofInstances(check)?.cacheDigest).not.toBe(ofInstances(check)?.storeDigest);
    expect(harness.metric('cache_check_total', 'different')).toBe(1);
    expect(harness.logger.messages('error')).toHaveLength(1);
    harness.isLosingChanges = false;
    await harness.clock.advance(1000);
    await until('another list', () => harness.feed.listCount === 3);
    await harness.watching();
    expect(harness.takeEvents()).toEqual([
      'DELETE /INSTANCE/default/default/cart-1/a',
      'UPDATE /INSTANCE/default/default/cart-1/b',
      'CREATE /INSTANCE/default/default/cart-1/d',
    ]);
    expectMirrors(harness.aggregator, harness.feed);
    expectIndexesFollowCaches(harness.aggregator);
    expect((await harness.aggregator.check()).isEqual).toBe(true);
  });

  it('gives no false alarm while changes flow', async () => {
    await using harness = await started();
    harness.feed.holdLists();
    const checking = harness.aggregator.check();
    await until('the list', () => harness.feed.listCount === 2);
    harness.feed.put(instance('e'));
    harness.feed.releaseLists();
    for (let round = 0; round < 20; round++) {
      harness.feed.put(instance('a', `node-${round}`), instance(`n${round}`));
      harness.feed.delete('unregister', instance('c'));
      await Promise.resolve();
    }
    expect((await checking).isEqual).toBe(true);
    expect(harness.logger.lines).toEqual([]);
  });

  it('gives no false alarm while deletions are held, or a record cannot be read', async () => {
    await using harness = await started({ selfPreservation: { allowance: 0, percentage: 0.1 } });
    for (let index = 0; index < 6; index++) harness.feed.put(instance(`x${index}`));
    harness.feed.delete('unknown', instance('a'), instance('b'));
    harness.feed.spoil('no JSON', instance('c'));
    await harness.reached();
    expect(harness.aggregator.isSelfPreserving).toBe(true);
    const check = await harness.aggregator.check();
    expect(check.isEqual).toBe(true);
    expect(ofInstances(check)?.compared).toBe(6);
  });

  it('finds out when the caches do not follow', async () => {
    await using harness = await started({ checkReachTimeoutMs: 5000 });
    harness.feed.hold();
    harness.feed.put(instance('d'));
    const checking = harness.aggregator.check();
    await harness.clock.advance(5000);
    expect(await checking).toMatchObject({ isEqual: false, isReached: false });
    await harness.clock.advance(1000);
    await until('another list', () => harness.feed.listCount === 3);
    await harness.reached();
    expectMirrors(harness.aggregator, harness.feed);
  });

  it('fails when the store cannot be listed, without an alarm', async () => {
    await using harness = await started();
    harness.feed.failLists(new WatchError('transport', 'away'));
    await expect(harness.aggregator.check()).rejects.toThrow('away');
    expect(harness.metric('cache_check_total', 'failed')).toBe(1);
    expect(harness.logger.messages('error')).toEqual([]);
  });

  it('compares in slices, so that others get a turn', async () => {
    await using harness = await started();
    harness.feed.put(...Array.from({ length: 2500 }, (_, index) => instance(`s${index}`)));
    await harness.reached();
    const checking = harness.aggregator.check();
    let turns = 0;
    let isOver = false;
    const counting = (async (): Promise<void> => {
      await until('the end of the check', () => {
        turns++;
        return isOver;
      });
    })();
    expect(ofInstances(await checking)).toMatchObject({ compared: 2503 });
    isOver = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(2);
  });
});

describe('the checks by itself', () => {
  it('come every interval, varied by up to a tenth, whether they fail or not', async () => {
    await using harness = await new AggregatorHarness({
      checkIntervalMs: 300_000,
      random: () => 0,
    }).start();
    await harness.clock.advance(269_999);
    expect(harness.feed.listCount).toBe(1);
    harness.feed.failLists(new Error('away'));
    await harness.clock.advance(1);
    expect(harness.feed.listCount).toBe(2);
    await harness.clock.advance(270_000);
    expect(harness.feed.listCount).toBe(3);
    expect(harness.metric('cache_check_total', 'failed')).toBe(1);
    expect(harness.metric('cache_check_total', 'equal')).toBe(1);
  });
});
