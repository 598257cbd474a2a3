import { defaultTenant, ServiceCenterError } from '@service-center/sdcommon';
import { sampleService, serviceDraft } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { AggregatorHarness, until } from '../../test/aggregator-harness.ts';

const options = { timeoutMs: 3000 };

describe('sync', () => {
  it('asks the store once for all who come together', async () => {
    await using harness = await new AggregatorHarness().start();
    const synced = await Promise.all(
      Array.from({ length: 100 }, () => harness.aggregator.sync(options)),
    );
    expect(synced).not.toContain(false);
    expect(harness.feed.positionCount).toBe(1);
  });

  it('asks again for those who come while it asks, once for all of them', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.holdPositions();
    const first = harness.aggregator.sync(options);
    await until('the first question', () => harness.feed.positionCount === 1);
    const later = Array.from({ length: 10 }, () => harness.aggregator.sync(options));
    harness.feed.releasePositions();
    expect(await first).toBe(true);
    expect(await Promise.all(later)).not.toContain(false);
    expect(harness.feed.positionCount).toBe(2);
  });

  it('waits until the caches have what the store had', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.hold();
    const written = harness.feed.put();
    let isSynced = false;
    const synced = harness.aggregator.sync(options).then(() => (isSynced = true));
    await until('the question', () => harness.feed.positionCount === 1);
    await harness.clock.advance(100);
    expect(isSynced).toBe(false);
    harness.feed.release();
    await synced;
    expect(harness.aggregator.position).toEqual(written);
  });

  it('is false when the time is over, also while the store is asked', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.holdPositions();
    const synced = harness.aggregator.sync(options);
    await harness.clock.advance(3000);
    expect(await synced).toBe(false);
    expect(harness.metric('cache_barrier_time_over_total')).toBe(1);
    harness.feed.releasePositions();
  });

  it('fails when the store cannot be asked, and asks again next time', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.failPositions(new ServiceCenterError('unavailableBackend'));
    const both = [harness.aggregator.sync(options), harness.aggregator.sync(options)];
    for (const synced of both) {
      await expect(synced).rejects.toSatisfy((error) =>
        ServiceCenterError.is(error, 'unavailableBackend'),
      );
    }
    expect(await harness.aggregator.sync(options)).toBe(true);
  });

  it('takes no alarm at an answer that the feed has overtaken', async () => {
    await using harness = await new AggregatorHarness().start();
    const lists = harness.feed.listCount;
    harness.claimedPosition = harness.feed.position;
    const answered = Promise.withResolvers<void>();
    let isAsked = false;
    harness.beforePosition = () => {
      isAsked = true;
      return answered.promise;
    };
    const synced = harness.aggregator.sync(options);
    await until('the question', () => isAsked);
    const written = harness.feed.put(serviceDraft(defaultTenant, sampleService()));
    await harness.reached(written);
    answered.resolve();

    expect(await synced).toBe(true);
    expect(harness.aggregator.position).toEqual(written);
    await harness.clock.advance(5000);
    expect(harness.feed.listCount).toBe(lists);
  });

  it('ends with the reason of its own signal', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.holdPositions();
    const abort = new AbortController();
    const aborted = harness.aggregator.sync({ ...options, signal: abort.signal });
    const other = harness.aggregator.sync(options);
    abort.abort(new Error('client gone'));
    await expect(aborted).rejects.toThrow('client gone');
    harness.feed.releasePositions();
    expect(await other).toBe(true);
  });
});
