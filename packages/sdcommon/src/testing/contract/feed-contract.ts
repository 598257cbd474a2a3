import { describe, expect } from 'vitest';

import { toStringMap } from '../../model/string-map.ts';
import { defaultTenant } from '../../model/tenant.ts';
import type { Change } from '../../source/change.ts';
import { hasReached, type Position } from '../../source/position.ts';
import { resourceTypes } from '../../source/resource.ts';
import { FeedFold, changeRevision, foldFeed } from '../feed/feed-fold.ts';
import type { BackendFixture, BackendTest } from './backend-fixture.ts';

const instanceKey = { tenant: defaultTenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };

/** The ordered feed over all types and its views (design §3.1; spec 03 §12.7 I2, I3, I6, I8, I9). */
export function describeFeed(it: BackendTest): void {
  describe('feed', () => {
    it('shows each write as one piece, in store order', async ({ store }) => {
      const start = await store.position();
      const positions = await writeAStory(store);
      const recorder = store.record(store.backend.feed, start);
      const end = positions.at(-1) ?? start;
      await recorder.reached(end);

      const revisions = recorder.changes.map(changeRevision);
      expect(revisions).toEqual(revisions.toSorted((left, right) => (left < right ? -1 : 1)));
      for (const response of recorder.responses) {
        const last = response.changes.at(-1);
        // A transaction that is split shows its first half with a position that claims the whole.
        const following = recorder.changes.filter(
          (change) => last !== undefined && changeRevision(change) === changeRevision(last),
        );
        expect(response.changes).toEqual(expect.arrayContaining(following));
      }
    });

    it('shows a service before its instances', async ({ store }) => {
      const start = await store.position();
      for (let index = 0; index < 20; index++) {
        const serviceId = `s${index}`;
        await store.registerService({ serviceId, serviceName: serviceId });
        await Promise.all([
          store.registerInstance({ serviceId, instanceId: 'a' }),
          store.registerInstance({ serviceId, instanceId: 'b' }),
        ]);
      }
      const recorder = store.record(store.backend.feed, start);
      await recorder.reached(await store.position());

      const seen = new Set<string>();
      for (const change of recorder.changes) {
        if (change.action !== 'put') continue;
        if (change.type === 'SERVICE') seen.add(change.resource.identity.serviceId);
        if (change.type === 'INSTANCE') expect(seen).toContain(change.resource.identity.serviceId);
      }
      expect(seen.size).toBe(20);
    });

    it('reaches the position of every write, and shows it there', async ({ store }) => {
      const recorder = store.record(store.backend.feed, await store.position());
      for (let index = 0; index < 20; index++) {
        const serviceId = `s${index}`;
        const { position } = await store.registerService({ serviceId, serviceName: serviceId });
        await recorder.reached(position);

        const shown = recorder.changes.some(
          (change) =>
            change.action === 'put' &&
            change.type === 'SERVICE' &&
            change.resource.identity.serviceId === serviceId,
        );
        expect(shown).toBe(true);
      }
    });

    it('continues after any position without a gap or a repetition', async ({ store }) => {
      const start = await store.position();
      const first = store.record(store.backend.feed, start);
      await writeAStory(store);
      await first.reached(await store.position());

      const all = first.changes;
      for (const [index, { position }] of first.responses.entries()) {
        const resumed = store.record(store.backend.feed, position);
        await resumed.reached(first.position);
        const before = first.responses.slice(0, index + 1).flatMap(({ changes }) => changes);
        expect([...before, ...resumed.changes]).toEqual(all);
        resumed.stop();
      }
    });

    it('continues after the position of a write', async ({ store }) => {
      const positions = await writeAStory(store);
      const end = await store.position();
      for (const position of positions) {
        const resumed = store.record(store.backend.feed, position);
        await resumed.reached(end);

        const list = await store.list(position);
        expect(foldFeed(list, resumed.responses)).toEqual(await store.list(resumed.position));
        resumed.stop();
      }
    });

    it('folds at every position to what is listed there', async ({ store }) => {
      const start = await store.list();
      const recorder = store.record(store.backend.feed, start.position);
      await writeAStory(store);
      await recorder.reached(await store.position());

      const fold = new FeedFold(start);
      for (const response of recorder.responses) {
        fold.apply(response);
        expect(await store.list(response.position)).toEqual(fold.list());
      }
    });

    it('shows all its followers the same', async ({ store }) => {
      const start = await store.position();
      const early = store.record(store.backend.feed, start);
      await writeAStory(store);
      const late = store.record(store.backend.feed, start);
      const end = await store.position();
      await Promise.all([early.reached(end), late.reached(end)]);

      expect(late.changes).toEqual(early.changes);
    });

    it('shows nothing when nothing was written', async ({ store }) => {
      await writeAStory(store);
      const position = await store.caughtUp();
      const recorder = store.record(store.backend.feed, position);
      await store.registerService();
      await store.registerInstance({}, { isIdRequested: true });
      await store.backend.instances.renew(instanceKey);
      const { position: next } = await store.backend.tenants.ensure({ domain: 'n', project: 'n' });
      await recorder.reached(next);

      expect(recorder.changes.map(({ type }) => type).toSorted()).toEqual(['DOMAIN', 'PROJECT']);
    });

    it('is not disturbed by a follower that leaves', async ({ store }) => {
      const start = await store.position();
      const leaving = store.record(store.backend.feed, start);
      const staying = store.record(store.backend.feed, start);
      await store.registerService();
      leaving.stop();
      const shown = leaving.responses.length;
      await staying.reached((await store.registerInstance()).position);

      expect(leaving.responses).toHaveLength(shown);
      expect(staying.changes.map(({ type }) => type)).toContain('INSTANCE');
    });

    describe('of one type', () => {
      it('shows and lists what the whole feed has of it', async ({ store }) => {
        const start = await store.position();
        const whole = store.record(store.backend.feed, start);
        const views = resourceTypes.map((type) => ({
          type,
          recorder: store.record(store.backend.listWatch(type), start),
        }));
        await writeAStory(store);
        const end = await store.caughtUp();
        await whole.reached(end);
        const list = await store.list(end);

        for (const { type, recorder } of views) {
          await recorder.reached(end);
          expect(recorder.changes).toEqual(whole.changes.filter((change) => change.type === type));
          expect(await store.stored(type, end)).toEqual(
            list.resources.filter((resource) => resource.type === type),
          );
          expect(store.backend.listWatch(type).types).toEqual([type]);
        }
        expect(store.backend.feed.types).toEqual(resourceTypes);
      });
    });

    describe('session', () => {
      it('completes when its signal is aborted', async ({ store }) => {
        const recorder = store.record(store.backend.feed, await store.position());
        recorder.abort();

        expect(await recorder.ended()).toEqual({ kind: 'completed' });
        await store.registerService();
        await store.caughtUp();
        expect(recorder.changes).toEqual([]);
      });

      it('with an aborted signal completes at once', async ({ store }) => {
        const after = await store.position();
        await store.registerService();
        const shown: unknown[] = [];
        const completed = new Promise<void>((resolve, reject) => {
          store.backend.feed.watch({ after, signal: AbortSignal.abort() }).subscribe({
            next: (response) => shown.push(response),
            complete: resolve,
            error: reject,
          });
        });
        await completed;

        expect(shown).toEqual([]);
      });

      it('is made anew by each subscription', async ({ store }) => {
        const after = await store.position();
        const { position } = await store.registerService();
        const watch = store.backend.feed.watch({ after, signal: store.signal });
        const twice = [1, 2].map(
          () =>
            new Promise<readonly Change[]>((resolve, reject) => {
              const changes: Change[] = [];
              const subscription = watch.subscribe({
                next: (response) => {
                  changes.push(...response.changes);
                  if (!hasReached(response.position, position)) return;
                  resolve(changes);
                  queueMicrotask(() => {
                    subscription.unsubscribe();
                  });
                },
                error: reject,
              });
            }),
        );
        const [first, second] = await Promise.all(twice);

        expect(first?.length).toBeGreaterThan(0);
        expect(second).toEqual(first);
      });
    });

    it('refuses to list for a signal that is aborted', async ({ store }) => {
      const reason = new Error('enough');
      const list = store.backend.feed.list({ signal: AbortSignal.abort(reason) });

      await expect(list).rejects.toBe(reason);
    });
  });
}

/** One of every kind of write; returns the position of each. */
async function writeAStory(store: BackendFixture): Promise<readonly Position[]> {
  const { services, schemas, tags, instances, dependencies, tenants } = store.backend;
  const positions: Position[] = [];
  const step = async (write: Promise<{ readonly position: Position }>): Promise<void> => {
    positions.push((await write).position);
  };
  await step(tenants.ensure(defaultTenant));
  await step(store.registerService({ alias: 'basket' }));
  await step(tags.replaceAll(defaultTenant, 'cart-1', toStringMap([['zone', 'a']])));
  await step(store.registerInstance());
  await step(
    schemas.put(defaultTenant, 'cart-1', { schemaId: 's', summary: 'x', schema: 'text' }, 10),
  );
  await step(instances.updateStatus(instanceKey, 'DOWN', '1700000070'));
  await step(store.registerService({ serviceId: 'price-1', serviceName: 'price' }));
  await step(store.registerInstance({ serviceId: 'price-1' }));
  await step(services.delete(defaultTenant, 'price-1', false));
  for (const change of await dependencies.listQueue()) await step(dependencies.apply(change));
  await step(instances.unregister(instanceKey));
  await step(store.registerInstance({}, { isIdRequested: true }));
  return positions;
}
