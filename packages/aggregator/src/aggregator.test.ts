import { defaultTenant, toStringMap, WatchError } from '@service-center/sdcommon';
import {
  domainDraft,
  instanceDraft,
  sampleInstance,
  sampleService,
  serviceDraft,
  serviceTagDraft,
} from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { AggregatorHarness, describeEvent, until } from '../test/aggregator-harness.ts';
import { expectIndexesFollowCaches, expectMirrors } from '../test/index-model.ts';

const cart = serviceDraft(defaultTenant, sampleService());
const instance = (instanceId: string, hostName = 'node-1') =>
  instanceDraft(defaultTenant, sampleInstance({ instanceId, hostName }));

describe('start', () => {
  it('shows what is stored as INIT, services before their instances, and is ready after it', async () => {
    await using harness = new AggregatorHarness();
    harness.feed.put(instance('a'), instance('b'));
    harness.feed.put(cart, domainDraft('default'));
    const readyAtEvent: boolean[] = [];
    harness.aggregator.events$.subscribe(() => readyAtEvent.push(harness.aggregator.isReady));
    await harness.start();
    expect(harness.takeEvents()).toEqual([
      'INIT /DOMAIN/default',
      'INIT /SERVICE/default/default/cart-1',
      'INIT /INSTANCE/default/default/cart-1/a',
      'INIT /INSTANCE/default/default/cart-1/b',
    ]);
    expect(readyAtEvent).toEqual([false, false, false, false]);
    expect(harness.aggregator.isReady).toBe(true);
    expect(harness.aggregator.position).toEqual(harness.feed.position);
    expectMirrors(harness.aggregator, harness.feed);
  });

  it('is not ready before a list succeeds, however often it fails', async () => {
    await using harness = new AggregatorHarness();
    harness.feed.put(cart);
    const away = new WatchError('transport', 'connection refused');
    harness.feed.failLists(away, away, away);
    const started = harness.aggregator.start();
    await harness.clock.advance(999);
    expect(harness.feed.listCount).toBe(1);
    await harness.clock.advance(1601);
    expect(harness.feed.listCount).toBe(3);
    expect(harness.aggregator.isReady).toBe(false);
    expect(harness.feed.watchCount).toBe(0);
    await harness.clock.advance(2560);
    await started;
    expect(harness.takeEvents()).toEqual(['INIT /SERVICE/default/default/cart-1']);
  });

  it('gives up waiting when its signal is aborted', async () => {
    await using harness = new AggregatorHarness();
    harness.feed.holdLists();
    const abort = new AbortController();
    const started = harness.aggregator.start(abort.signal);
    abort.abort(new Error('enough'));
    await expect(started).rejects.toThrow('enough');
    harness.feed.releaseLists();
  });

  it('refuses a second start', async () => {
    await using harness = await new AggregatorHarness().start();
    await expect(harness.aggregator.start()).rejects.toThrow('started already');
  });
});

describe('following', () => {
  it('turns changes into events in store order across types', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(cart, instance('a'));
    harness.feed.put(instance('a', 'node-2'));
    harness.feed.commit([
      { kind: 'delete', draft: instance('a'), cause: 'delete' },
      { kind: 'delete', draft: cart, cause: 'delete' },
    ]);
    await harness.reached();
    expect(harness.takeEvents()).toEqual([
      'CREATE /SERVICE/default/default/cart-1',
      'CREATE /INSTANCE/default/default/cart-1/a',
      'UPDATE /INSTANCE/default/default/cart-1/a',
      'DELETE /INSTANCE/default/default/cart-1/a',
      'DELETE /SERVICE/default/default/cart-1',
    ]);
  });

  it('gives an UPDATE the value before it, and a DELETE the last value, its cause and its own revision', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(instance('a', 'node-1'));
    harness.feed.put(instance('a', 'node-2'));
    const removed = harness.feed.delete('unregister', instance('a'));
    await harness.reached();
    const [, update, deletion] = harness.events;
    expect(update?.previous?.value).toMatchObject({ hostName: 'node-1' });
    expect(update?.resource.value).toMatchObject({ hostName: 'node-2' });
    expect(deletion).toMatchObject({ cause: 'unregister', revision: removed.order });
    expect(deletion?.resource.value).toMatchObject({ hostName: 'node-2' });
  });

  it('deletes with the cached value when the store has no last value', async () => {
    await using harness = await new AggregatorHarness().start();
    const draft = instance('a');
    harness.feed.put(draft);
    const { order, epoch } = harness.feed.position;
    harness.feed.send({
      changes: [
        {
          action: 'delete',
          type: draft.type,
          key: draft.key,
          identity: draft.identity,
          revision: order + 1n,
          previous: undefined,
          cause: 'expire',
        },
      ],
      position: { order: order + 1n, epoch, resume: '' },
    });
    await until('the deletion', () => harness.events.length === 2);
    expect(harness.events[1]?.resource.value).toMatchObject({ instanceId: 'a' });
  });

  it('drops what it has seen before', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(instance('a'));
    const latest = harness.feed.put(instance('a', 'node-2'));
    await harness.reached();
    harness.takeEvents();
    harness.feed.replay(1);
    await harness.reached(latest);
    harness.feed.bookmark();
    expect(harness.takeEvents()).toEqual([]);
    expectMirrors(harness.aggregator, harness.feed);
  });

  it('drops a deletion that is older than what is cached', async () => {
    await using harness = await new AggregatorHarness().start();
    const draft = instance('a');
    harness.feed.put(draft);
    const { order } = harness.feed.position;
    const { type, key, identity } = draft;
    const revision = order - 1n;
    harness.feed.send({
      changes: [
        { action: 'delete', type, key, identity, revision, previous: undefined, cause: 'expire' },
      ],
      position: { ...harness.feed.position, order: order + 1n },
    });
    await until('the response', () => harness.aggregator.position?.order === order + 1n);
    expect(harness.takeEvents()).toEqual(['CREATE /INSTANCE/default/default/cart-1/a']);
  });

  it('leaves out a record that cannot be read, keeps what it knew, and says so once', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(instance('a'), instance('b'));
    harness.feed.spoil('no JSON', instance('a'));
    harness.feed.spoil('no JSON', instance('a'));
    harness.feed.put(instance('b', 'node-2'));
    await harness.reached();
    expect(harness.takeEvents()).toEqual([
      'CREATE /INSTANCE/default/default/cart-1/a',
      'CREATE /INSTANCE/default/default/cart-1/b',
      'UPDATE /INSTANCE/default/default/cart-1/b',
    ]);
    expect(harness.logger.messages('error')).toHaveLength(1);
    expect(harness.metric('cache_unreadable_record_total', 'INSTANCE')).toBe(2);
    harness.feed.breakSessions(new WatchError('compacted', 'gone'));
    await harness.clock.advance(1000);
    await harness.watching();
    expect(harness.aggregator.cache('INSTANCE').size).toBe(2);
    expect(harness.takeEvents()).toEqual([]);
  });

  it('has everything in place when a follower sees an event', async () => {
    await using harness = await new AggregatorHarness().start();
    const { aggregator } = harness;
    const root = { tenant: defaultTenant, environment: '', appId: 'shop', serviceName: 'cart' };
    const find = (): number =>
      aggregator.findCache.lookup(root, 'all', () => ({
        serviceIds: ['cart-1'],
        isFiltered: false,
      })).count;
    harness.feed.put(cart, instance('a'));
    await harness.reached();
    expect(find()).toBe(1);
    const seen: unknown[] = [];
    aggregator.events('INSTANCE').subscribe(() => {
      seen.push([
        find(),
        aggregator.instances.ofService(defaultTenant, 'cart-1').length,
        aggregator.cache('INSTANCE').size,
        aggregator.position?.order,
      ]);
      expectIndexesFollowCaches(aggregator);
    });
    const position = harness.feed.put(instance('b'));
    await harness.reached();
    expect(seen).toEqual([[2, 2, 2, position.order]]);
    expect(harness.logger.messages('error')).toEqual([]);
  });

  it('keeps a follower that throws, and all others, following', async () => {
    await using harness = await new AggregatorHarness().start();
    const seen: string[] = [];
    harness.aggregator.events('INSTANCE').subscribe((event) => {
      seen.push(describeEvent(event));
      if (seen.length === 2) throw new Error('broken follower');
    });
    harness.feed.put(...['a', 'b', 'c', 'd', 'e'].map((id) => instance(id)));
    await harness.reached();
    expect(seen).toHaveLength(5);
    expect(harness.events).toHaveLength(5);
    expect(harness.logger.lines.map(({ level, fields }) => [level, fields.key])).toEqual([
      ['error', '/INSTANCE/default/default/cart-1/b'],
    ]);
    expect(harness.metric('cache_follower_error_total')).toBe(1);
  });

  it('counts events and caches by type', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(cart, instance('a'), instance('b'));
    await harness.reached();
    expect(harness.metric('db_backend_event_total', 'INSTANCE')).toBe(2);
    expect(harness.metric('db_backend_event_durations_microseconds', 'INSTANCE')).toBe(2);
    expect(harness.metric('db_dispatch_event_total', 'INSTANCE')).toBe(0);
    expect(harness.metric('db_dispatch_event_durations_microseconds', 'SERVICE')).toBe(1);
    expect(harness.metric('local_cache_size_bytes', 'INSTANCE', 'raw')).toBeGreaterThan(1000);
    harness.feed.delete('expire', instance('a'), instance('b'));
    await harness.reached();
    expect(harness.metric('local_cache_size_bytes', 'INSTANCE', 'raw')).toBe(0);
  });
});

describe('faults', () => {
  it('goes on at its position after a session that ended or broke', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.endSessions();
    harness.feed.put(instance('a'));
    await harness.clock.advance(1000);
    await harness.watching();
    harness.feed.breakSessions();
    harness.feed.put(instance('b'));
    await harness.clock.advance(1000);
    await harness.reached();
    expect(harness.feed.listCount).toBe(1);
    expect(harness.takeEvents()).toEqual([
      'CREATE /INSTANCE/default/default/cart-1/a',
      'CREATE /INSTANCE/default/default/cart-1/b',
    ]);
  });

  it('lists again when its position is lost, and tells the difference as ordinary events', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(cart, instance('a'), instance('b'));
    await harness.reached();
    harness.takeEvents();
    harness.feed.endSessions();
    harness.feed.put(instance('c'), instance('b', 'node-2'));
    harness.feed.delete('unregister', instance('a'));
    harness.feed.compact();
    await harness.clock.advance(1000);
    await harness.clock.advance(1000);
    await harness.reached();
    expect(harness.feed.listCount).toBe(2);
    expect(harness.takeEvents()).toEqual([
      'DELETE /INSTANCE/default/default/cart-1/a',
      'UPDATE /INSTANCE/default/default/cart-1/b',
      'CREATE /INSTANCE/default/default/cart-1/c',
    ]);
    expectMirrors(harness.aggregator, harness.feed);
  });

  it('does not delete later what a list shows to be back', async () => {
    await using harness = await new AggregatorHarness({
      selfPreservation: { allowance: 0, allowanceRatio: 0, windowMs: 5000 },
    }).start();
    harness.feed.put(...Array.from({ length: 9 }, (_, index) => instance(`i${index}`)));
    harness.feed.delete('unknown', instance('i0'), instance('i1'));
    await harness.reached();
    await harness.clock.advance(100);
    expect(harness.metric('cache_held_deletion_total')).toBe(2);
    harness.feed.endSessions();
    harness.feed.put(instance('i0'));
    harness.feed.compact();
    harness.takeEvents();
    await harness.clock.advance(10_000);
    expect(harness.takeEvents()).toEqual([
      'UPDATE /INSTANCE/default/default/cart-1/i0',
      'DELETE /INSTANCE/default/default/cart-1/i1',
    ]);
    expectMirrors(harness.aggregator, harness.feed);
  });

  it('serves what it has while the store is away', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(cart, instance('a'));
    await harness.reached();
    harness.feed.failLists(...Array.from({ length: 9 }, () => new Error('away')));
    harness.feed.failWatches(...Array.from({ length: 9 }, () => new WatchError('compacted', 'x')));
    harness.feed.breakSessions(new WatchError('compacted', 'gone'));
    await harness.clock.advance(40_000);
    expect(harness.aggregator.instances.ofService(defaultTenant, 'cart-1')).toHaveLength(1);
    expect(harness.aggregator.isReady).toBe(true);
  });

  it.each(['epoch-2', 'epoch-1'])(
    'follows a store that was restored to an older state (%s)',
    async (epoch) => {
      await using harness = await new AggregatorHarness().start();
      for (const id of ['a', 'b', 'c']) harness.feed.put(instance(id));
      harness.feed.put(cart, serviceTagDraft(defaultTenant, 'cart-1', toStringMap([['a', 'b']])));
      await harness.reached();
      harness.takeEvents();
      harness.feed.restore(epoch, [cart, instance('a', 'node-9')]);
      await harness.clock.advance(2000);
      await until('the list', () => harness.aggregator.position?.order === 1n);
      expectMirrors(harness.aggregator, harness.feed);
      expectIndexesFollowCaches(harness.aggregator);
      expect(harness.takeEvents()).toEqual([
        'DELETE /INSTANCE/default/default/cart-1/b',
        'DELETE /INSTANCE/default/default/cart-1/c',
        'DELETE /SERVICE_TAG/default/default/cart-1',
        'UPDATE /SERVICE/default/default/cart-1',
        'UPDATE /INSTANCE/default/default/cart-1/a',
      ]);
    },
  );

  it('finds out through a sync that a silent store was restored', async () => {
    await using harness = await new AggregatorHarness().start();
    harness.feed.put(cart);
    const seen = harness.feed.put(instance('a'));
    await harness.reached();
    harness.claimedPosition = { ...seen, order: 1n };
    const synced = harness.aggregator.sync({ timeoutMs: 5000 });
    const listsAtEnd = synced.then(() => harness.feed.listCount);
    await harness.clock.advance(1000);
    expect(await synced).toBe(true);
    expect(await listsAtEnd).toBe(2);
    expectMirrors(harness.aggregator, harness.feed);
  });
});

describe('close', () => {
  it('leaves no session, timer, waiter or event behind', async () => {
    const harness = await new AggregatorHarness({ checkIntervalMs: 1000 }).start();
    harness.feed.put(cart);
    await harness.reached();
    const waiting = harness.aggregator.waitFor(
      { ...harness.feed.position, order: 99n },
      { timeoutMs: 5000 },
    );
    let isComplete = false;
    harness.aggregator.events$.subscribe({ complete: () => (isComplete = true) });
    await harness.aggregator.close();
    await harness.aggregator.close();
    expect(await waiting).toBe(false);
    expect(isComplete).toBe(true);
    expect(harness.feed.sessionCount).toBe(0);
    expect(harness.clock.pendingTimers).toBe(0);
    harness.takeEvents();
    harness.feed.put(instance('a'));
    expect(harness.takeEvents()).toEqual([]);
    expect(harness.aggregator.services.get(defaultTenant, 'cart-1')).toBeDefined();
  });

  it('ends a start that is under way', async () => {
    const harness = new AggregatorHarness();
    harness.feed.holdLists();
    const started = harness.aggregator.start();
    const closed = harness.aggregator.close();
    harness.feed.releaseLists();
    await closed;
    await expect(started).rejects.toThrow('closed');
  });
});
