import {
  defaultTenant,
  type InstanceKey,
  type KnownRecords,
  type MicroServiceInstance,
  type Position,
} from '@service-center/sdcommon';
import { sampleInstance, sampleService } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import type { Aggregator } from '../src/index.ts';
import { EmbeddedHarness } from './embedded-harness.ts';
import { cachedRecords, expectIndexesFollowCaches } from './index-model.ts';

const root = { tenant: defaultTenant, environment: '', appId: 'shop', serviceName: 'cart' };
const limit = { timeoutMs: 10_000 };

function find(aggregator: Aggregator): string {
  return aggregator.findCache
    .lookup(root, '', () => ({ serviceIds: ['cart-1'], isFiltered: false }))
    .body.toString();
}

async function registerCart({ backend, aggregator }: EmbeddedHarness): Promise<void> {
  const { position } = await backend.services.register({
    tenant: defaultTenant,
    service: sampleService(),
    isIdRequested: true,
  });
  expect(await aggregator.waitFor(position, limit)).toBe(true);
}

async function register(
  { backend }: EmbeddedHarness,
  instance: MicroServiceInstance,
): Promise<Position> {
  const { position } = await backend.instances.register({
    tenant: defaultTenant,
    instance,
    ttlSeconds: 120,
    isIdRequested: true,
  });
  return position;
}

function keyOf(instanceId: string): InstanceKey {
  return { tenant: defaultTenant, serviceId: 'cart-1', instanceId };
}

describe('over the embedded store', () => {
  it('compares the caches with the store without making their records again', async () => {
    await using harness = await EmbeddedHarness.open();
    const { aggregator } = harness;
    await registerCart(harness);
    await aggregator.waitFor(await register(harness, sampleInstance()), limit);
    const check = await aggregator.check();

    expect(check).toMatchObject({ isEqual: true, isReached: true });
    const listed = harness.lastList?.resources ?? [];
    expect(listed.map(({ type }) => type)).toEqual(['SERVICE', 'SERVICE_INDEX', 'INSTANCE']);
    for (const record of listed) expect(aggregator.cache(record.type).get(record.key)).toBe(record);
  });

  it('lists what is stored, whatever the one who asks has of it', async () => {
    await using harness = await EmbeddedHarness.open();
    const { aggregator, backend } = harness;
    await registerCart(harness);
    const ids = ['kept', 'changed', 'gone', 'renewed'];
    for (const instanceId of ids) {
      await aggregator.waitFor(await register(harness, sampleInstance({ instanceId })), limit);
    }
    await aggregator.close();
    await backend.instances.updateStatus(keyOf('changed'), 'DOWN', '1700000006');
    await backend.instances.unregister(keyOf('gone'));
    await backend.instances.unregister(keyOf('renewed'));
    await register(harness, sampleInstance({ instanceId: 'renewed' }));
    await register(harness, sampleInstance({ instanceId: 'new' }));

    const { signal } = new AbortController();
    const known: KnownRecords = (type, storeKey) => aggregator.cache(type).get(storeKey);
    expect(await backend.feed.list({ known, signal })).toEqual(await backend.feed.list({ signal }));
  });

  it('shows each write to whoever waits for its position, 1000 times', async () => {
    await using harness = await EmbeddedHarness.open();
    const { backend, aggregator } = harness;
    await registerCart(harness);
    const stale: string[] = [];
    for (let round = 0; round < 250; round++) {
      const instanceId = `i${round}`;
      const key = { tenant: defaultTenant, serviceId: 'cart-1', instanceId };
      const steps: readonly (readonly [string, () => Promise<Position>, () => boolean])[] = [
        [
          'register',
          () => register(harness, sampleInstance({ instanceId })),
          () => find(aggregator).includes(`"instanceId":"${instanceId}"`),
        ],
        [
          'status',
          async () => (await backend.instances.updateStatus(key, 'DOWN', '1700000006')).position,
          () =>
            aggregator.instances.get(defaultTenant, 'cart-1', instanceId)?.value.status === 'DOWN',
        ],
        [
          'find after status',
          async () => (await backend.instances.updateStatus(key, 'UP', '1700000007')).position,
          () => !find(aggregator).includes('DOWN'),
        ],
        [
          'unregister',
          async () => (await backend.instances.unregister(key)).position,
          () => find(aggregator) === '{}',
        ],
      ];
      for (const [name, write, isSeen] of steps) {
        await aggregator.waitFor(await write(), limit);
        if (!isSeen()) stale.push(`${name} ${instanceId}`);
      }
    }
    expect(stale).toEqual([]);
    expect((await aggregator.check()).isEqual).toBe(true);
  });

  it('sees through sync what others wrote', async () => {
    await using harness = await EmbeddedHarness.open();
    await registerCart(harness);
    for (let round = 0; round < 50; round++) {
      await Promise.all(
        ['a', 'b', 'c'].map((id) =>
          register(harness, sampleInstance({ instanceId: `${id}${round}` })),
        ),
      );
      expect(await harness.aggregator.sync(limit)).toBe(true);
      expect(harness.aggregator.instances.countOf(defaultTenant, 'cart-1')).toBe(3 * (round + 1));
    }
  });

  it('holds the same after a restart', async () => {
    await using first = await EmbeddedHarness.open();
    await registerCart(first);
    const writes = Array.from({ length: 300 }, (_, index) =>
      register(first, sampleInstance({ instanceId: `i${index}` })),
    );
    const positions = await Promise.all(writes);
    await Promise.all(positions.map((position) => first.aggregator.waitFor(position, limit)));
    expectIndexesFollowCaches(first.aggregator);
    const body = find(first.aggregator);
    const before = cachedRecords(first.aggregator);
    await using second = await first.reopen();
    expect(cachedRecords(second.aggregator)).toEqual(before);
    expect(find(second.aggregator)).toBe(body);
    expectIndexesFollowCaches(second.aggregator);
    expect((await second.aggregator.check()).isEqual).toBe(true);
  });

  it('stays equal while many write and the checker runs', async () => {
    await using harness = await EmbeddedHarness.open();
    const { backend, aggregator } = harness;
    await registerCart(harness);
    const results: boolean[] = [];
    const checks: Promise<void>[] = [];
    const checkBetween = async (): Promise<void> => {
      results.push((await aggregator.check()).isEqual);
    };
    const writer = async (name: string): Promise<void> => {
      for (let round = 0; round < 150; round++) {
        const instanceId = `${name}-${round % 20}`;
        const key = { tenant: defaultTenant, serviceId: 'cart-1', instanceId };
        const position = await register(harness, sampleInstance({ instanceId }));
        expect(await aggregator.waitFor(position, limit)).toBe(true);
        if (round % 3 === 0) await backend.instances.unregister(key);
        if (round % 10 === 0) checks.push(checkBetween());
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(writer));
    await Promise.all(checks);
    expect(results).toHaveLength(60);
    expect(results).not.toContain(false);
    expect(await aggregator.sync(limit)).toBe(true);
    expectIndexesFollowCaches(aggregator);
    expect((await aggregator.check()).isEqual).toBe(true);
    expect(harness.logger.messages('error')).toEqual([]);
  });

  it('lists again when it falls so far behind that its position is forgotten', async () => {
    await using harness = await EmbeddedHarness.open({ history: { maxChanges: 20 } });
    const { aggregator } = harness;
    await registerCart(harness);
    const events: string[] = [];
    aggregator.events('INSTANCE').subscribe(({ type }) => events.push(type));
    await aggregator.waitFor(await register(harness, sampleInstance({ instanceId: 'i0' })), limit);
    harness.cut();
    for (let index = 1; index <= 200; index++) {
      await register(harness, sampleInstance({ instanceId: `i${index}` }));
    }
    expect(aggregator.instances.countOf(defaultTenant, 'cart-1')).toBe(1);
    expect(await aggregator.sync(limit)).toBe(true);
    expect(aggregator.instances.countOf(defaultTenant, 'cart-1')).toBe(201);
    expect(events).toEqual(Array.from({ length: 201 }, () => 'CREATE'));
    expectIndexesFollowCaches(aggregator);
    expect((await aggregator.check()).isEqual).toBe(true);
  });
});
