import { describe, expect, it } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import type { ListWatchResponse } from '../../source/list-watch.ts';
import type { ResourceType } from '../../source/resource.ts';
import { WatchError } from '../../source/watch-error.ts';
import { FeedFold, foldFeed } from '../feed/feed-fold.ts';
import { recordFeed } from '../feed/feed-recorder.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { sampleService } from '../samples/sample-service.ts';
import { instanceDraft, registeredServiceDrafts, serviceDraft } from './resource-draft.ts';
import { ScriptedListWatch } from './scripted-list-watch.ts';

const service = sampleService({ alias: 'basket' });
const instance = instanceDraft(defaultTenant, sampleInstance());
const { signal } = new AbortController();

describe('ScriptedListWatch', () => {
  it('keeps the promises of a feed', async () => {
    const source = new ScriptedListWatch();
    const start = await source.list({ signal });
    const recorder = recordFeed(source, start.position);
    source.put(...registeredServiceDrafts(defaultTenant, service));
    source.put(instance);
    source.put(instance);
    source.spoil('bad JSON', instance);
    source.put(instance);
    source.delete('expire', instance);
    source.put(instance);
    const end = source.delete('delete', instance, serviceDraft(defaultTenant, service));
    await recorder.reached(end);

    expect(foldFeed(start, recorder.responses)).toEqual(await source.list({ signal }));
    const { resources } = await source.list({ signal });
    expect(resources.map(({ type }) => type)).toEqual(['SERVICE_INDEX', 'SERVICE_ALIAS']);
    expect(recorder.changes.at(-1)).toMatchObject({ action: 'delete', cause: 'delete' });
    recorder.stop();
    expect(source.sessionCount).toBe(0);
  });

  it('lists and resumes at any position that is kept', async () => {
    const source = new ScriptedListWatch();
    const first = source.put(...registeredServiceDrafts(defaultTenant, service));
    const second = source.put(instance);

    expect((await source.list({ at: first, signal })).resources).toHaveLength(3);
    expect((await source.list({ at: second, signal })).resources).toHaveLength(4);
    const recorder = recordFeed(source, first);
    expect(recorder.changes).toHaveLength(1);
    source.compact(second);
    source.put(instance);
    expect(recorder.changes).toHaveLength(2);
    recorder.stop();
    await expect(source.list({ at: first, signal })).rejects.toMatchObject({ reason: 'compacted' });
    expect(await recordFeed(source, first).ended()).toMatchObject({
      error: { reason: 'compacted' },
    });
    expect((await source.list({ signal })).resources).toHaveLength(4);
  });

  it('fails when it is told to, once for each error', async () => {
    const source = new ScriptedListWatch();
    source.failLists(new Error('first'), new Error('second'));
    source.failWatches(new Error('third'));
    source.failPositions(new Error('fourth'));

    await expect(source.list({ signal })).rejects.toThrow('first');
    await expect(source.list({ signal })).rejects.toThrow('second');
    const { position } = await source.list({ signal });
    expect(await recordFeed(source, position).ended()).toMatchObject({
      error: new Error('third'),
    });
    await expect(source.backend.position(signal)).rejects.toThrow('fourth');
    expect(await source.backend.position(signal)).toEqual(position);
    expect([source.listCount, source.watchCount, source.positionCount]).toEqual([3, 1, 2]);
  });

  it('ends sessions well and badly', async () => {
    const source = new ScriptedListWatch();
    const well = recordFeed(source, source.position);
    source.endSessions();
    const badly = recordFeed(source, source.position);
    source.breakSessions();
    const aborted = recordFeed(source, source.position);
    aborted.abort();

    expect(await well.ended()).toEqual({ kind: 'completed' });
    expect(await badly.ended()).toMatchObject({ error: { reason: 'transport' } });
    expect(await aborted.ended()).toEqual({ kind: 'completed' });
    expect(source.sessionCount).toBe(0);
  });

  it('holds back what it is told to hold back', async () => {
    const source = new ScriptedListWatch();
    const early = recordFeed(source, source.position);
    source.hold();
    source.put(...registeredServiceDrafts(defaultTenant, service));
    source.put(instance);
    const late = recordFeed(source, { ...source.position, order: 1n });
    expect([...early.changes, ...late.changes]).toEqual([]);
    source.release();

    expect(early.changes).toHaveLength(4);
    expect(late.changes).toEqual(early.changes);
    source.holdLists();
    source.holdPositions();
    let answers = 0;
    const asking = [source.list({ signal }), source.backend.position(signal)].map(async (call) => {
      await call;
      answers++;
    });
    await Promise.resolve();
    expect(answers).toBe(0);
    source.releaseLists();
    source.releasePositions();
    await Promise.all(asking);
    expect(answers).toBe(2);
  });

  it('can repeat itself and say anything', () => {
    const source = new ScriptedListWatch();
    const recorder = recordFeed(source, source.position);
    source.put(instance);
    source.bookmark();
    source.replay(1);
    const odd: ListWatchResponse<ResourceType> = {
      changes: [],
      position: { order: 0n, epoch: 'odd', resume: '' },
    };
    source.send(odd);

    expect(recorder.responses).toHaveLength(4);
    expect(recorder.responses[2]).toBe(recorder.responses[0]);
    expect(recorder.responses[3]).toBe(odd);
    const fold = new FeedFold({ position: recorder.position, resources: [], unreadable: [] });
    expect(() => {
      for (const response of recorder.responses) fold.apply(response);
    }).toThrow();
  });

  it('can be replaced by another store', async () => {
    const source = new ScriptedListWatch('before');
    const old = source.put(...registeredServiceDrafts(defaultTenant, service), instance);
    const recorder = recordFeed(source, old);
    source.restore('after', [serviceDraft(defaultTenant, service)]);

    expect(await recorder.ended()).toMatchObject({ error: { positionLost: true } });
    const end = await recordFeed(source, old).ended();
    expect(end.kind === 'failed' && end.error).toBeInstanceOf(WatchError);
    const { position, resources } = await source.list({ signal });
    expect(position).toMatchObject({ order: 1n, epoch: 'after' });
    expect(resources).toHaveLength(1);
  });
});
