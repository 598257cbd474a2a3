import { describe, expect } from 'vitest';

import { defaultTenant } from '../../model/tenant.ts';
import type { Change } from '../../source/change.ts';
import type { ResourceType } from '../../source/resource.ts';
import type { BackendFeatures } from './backend-harness.ts';
import { errorNameOf, type BackendFixture, type BackendTest } from './backend-fixture.ts';

const badValues = [
  ['no JSON', '{"serviceId":'],
  ['another kind of JSON', '["cart-1"]'],
  ['a member of the wrong type', '{"serviceId":5,"instanceId":{},"status":[]}'],
  ['nothing at all', ''],
] as const;

/** Stored records that cannot be read harm nobody else (design §3.6, spec 03 §12.7 I10). */
export function describePoison(it: BackendTest, features: BackendFeatures): void {
  describe('an unreadable record', () => {
    it.for(badValues)('with %s is reported under its key', async ([, value], { store }) => {
      const key = await spoil(store, 'SERVICE', value);
      const position = await store.caughtUp();

      const list = await store.list(position);
      expect(list.unreadable).toMatchObject([{ action: 'unreadable', type: 'SERVICE', key }]);
      expect(list.unreadable[0]?.reason).not.toBe('');
      expect(list.resources.map((resource) => resource.key)).not.toContain(key);
      expect((await store.backend.listWatch('INSTANCE').list(store)).unreadable).toEqual([]);
    });

    it('is a change of its own in the feed', async ({ store }) => {
      const after = await store.position();
      const key = await spoil(store, 'INSTANCE', '{');
      const recorder = store.record(store.backend.listWatch('INSTANCE'), after);
      const { position } = await store.registerInstance({ instanceId: 'good' });
      await recorder.reached(position);

      expect(recorder.changes.map(outline)).toEqual(['put', 'unreadable', 'put']);
      expect(recorder.changes[1]).toMatchObject({ type: 'INSTANCE', key });
    });

    it('leaves its neighbours readable', async ({ store }) => {
      await store.registerService({ serviceId: 'good', serviceName: 'price' });
      await store.registerInstance({ serviceId: 'good' });
      await spoil(store, 'SERVICE', '{');
      const { services, instances } = store.backend;

      expect(
        (await services.list(defaultTenant)).map(({ identity }) => identity.serviceId),
      ).toEqual(['good']);
      expect((await services.get(defaultTenant, 'good'))?.value.serviceName).toBe('price');
      expect(await instances.list(defaultTenant, 'good')).toHaveLength(1);
      expect((await store.registerInstance({ serviceId: 'good', instanceId: 'b' })).outcome).toBe(
        'created',
      );
    });

    it('among instances hides none of the others', async ({ store }) => {
      await spoil(store, 'INSTANCE', 'x');
      await store.registerInstance({ instanceId: 'good' });

      const listed = await store.backend.instances.list(defaultTenant, 'cart-1');
      expect(listed.map(({ identity }) => identity.instanceId)).toEqual(['good']);
    });

    it('is read again once it is repaired', async ({ store }) => {
      const after = await store.position();
      const key = await spoil(store, 'SERVICE_TAG', '{');
      await store.putRaw(key, '{"zone":"b"}');
      const recorder = store.record(store.backend.listWatch('SERVICE_TAG'), after);
      await recorder.reached(await store.position());

      expect(recorder.changes.map(outline)).toEqual(['put', 'unreadable', 'put']);
      expect(await store.backend.tags.get(defaultTenant, 'cart-1')).toEqual({ zone: 'b' });
      expect((await store.list()).unreadable).toEqual([]);
    });

    it('goes with the service it belongs to', async ({ store }) => {
      await spoil(store, 'INSTANCE', '{');
      const after = await store.caughtUp();
      const recorder = store.record(store.backend.listWatch('INSTANCE'), after);
      const { position } = await store.backend.services.delete(defaultTenant, 'cart-1', false);
      await recorder.reached(position);

      expect(recorder.changes).toMatchObject([{ action: 'delete', previous: undefined }]);
      expect((await store.list()).unreadable).toEqual([]);
    });

    it('counts as an instance when a service is to be deleted only without', async ({ store }) => {
      await spoil(store, 'INSTANCE', '{');

      const deletion = store.backend.services.delete(defaultTenant, 'cart-1', true);
      expect(await errorNameOf(deletion)).toBe('deployedInstance');
    });

    it('in the dependency queue can be discarded', async ({ store }) => {
      const { dependencies } = store.backend;
      const dependency = { consumer: undefined, providers: [], override: false };
      const change = { tenant: defaultTenant, serviceId: 'cart-1', dependency };
      await dependencies.enqueue([{ ...change, kind: 'override' }]);
      const [record] = await dependencies.listQueue();
      await dependencies.enqueue([{ ...change, serviceId: 'good', kind: 'override' }]);
      await store.putRaw(record?.key ?? '', '{"override":"yes"}');

      expect((await dependencies.listQueue()).map(({ identity }) => identity.serviceId)).toEqual([
        'good',
      ]);
      expect(await dependencies.discardUnreadable()).toBe(1);
      expect(await dependencies.discardUnreadable()).toBe(0);
      expect((await store.list()).unreadable).toEqual([]);
      expect(await dependencies.listQueue()).toHaveLength(1);
    });

    it('in the dependency queue that is repaired meanwhile is not discarded', async ({ store }) => {
      const { dependencies } = store.backend;
      const dependency = { consumer: undefined, providers: [], override: true };
      await dependencies.enqueue([
        { tenant: defaultTenant, serviceId: 'cart-1', kind: 'override', dependency },
      ]);
      const [record] = await dependencies.listQueue();
      for (let round = 0; round < 10; round++) {
        await store.putRaw(record?.key ?? '', '{');
        await Promise.all([
          dependencies.discardUnreadable(),
          store.putRaw(record?.key ?? '', '{"override":true}'),
        ]);

        expect(await dependencies.listQueue()).toMatchObject([{ value: dependency }]);
      }
    });

    for (const { type, key } of features.malformedKeys) {
      it(`under the malformed key ${key} is reported`, async ({ store }) => {
        await store.registerService();
        const after = await store.caughtUp();
        await store.putRaw(key, '{}');
        const recorder = store.record(store.backend.listWatch(type), after);
        await recorder.reached(await store.caughtUp());

        expect(recorder.changes).toMatchObject([{ action: 'unreadable', type, key }]);
        expect((await store.list()).unreadable).toMatchObject([{ type, key }]);
      });
    }
  });
}

/** Registers a service with an instance and tags and spoils the record of one type; returns its key. */
async function spoil(
  store: BackendFixture,
  type: Extract<ResourceType, 'SERVICE' | 'INSTANCE' | 'SERVICE_TAG'>,
  value: string,
): Promise<string> {
  await store.registerService();
  await store.registerInstance();
  await store.backend.tags.replaceAll(defaultTenant, 'cart-1', { zone: 'a' });
  const stored = await store.stored(type);
  const record = stored.find(({ identity }) => identity.serviceId === 'cart-1');
  if (record === undefined) throw new Error(`no ${type} is stored`);
  await store.putRaw(record.key, value);
  return record.key;
}

function outline(change: Change): string {
  return change.action;
}
