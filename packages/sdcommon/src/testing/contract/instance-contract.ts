import { describe, expect } from 'vitest';

import { emptyStringMap, toStringMap } from '../../model/string-map.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { sampleInstance } from '../samples/sample-instance.ts';
import { errorNameOf, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'other', project: 'default' };
const key = { tenant: defaultTenant, serviceId: 'cart-1', instanceId: 'cart-1-a' };

/** Registration, changes and removal of instances (spec 02 §1.3, spec 04 §4; spec 00, decisions 3 and 22). */
export function describeInstances(it: BackendTest): void {
  describe('instances', () => {
    it('are created with everything they say', async ({ store }) => {
      await store.registerService();
      const instance = sampleInstance({
        endpoints: ['rest://10.0.0.7:8080?sslEnabled=true&a=b', 'grpc://[::1]:1'],
        properties: toStringMap([['__proto__', '<x>']]),
        dataCenterInfo: { name: 'dc', region: 'r', availableZone: '' },
        healthCheck: { mode: 'pull', port: 65535, interval: 30, times: 0, url: '/h' },
      });
      const registered = await store.shown(store.registerInstance(instance));

      expect(registered.outcome).toBe('created');
      const stored = await store.backend.instances.get(key);
      expect(stored).toMatchObject({ value: instance, version: 1n });
      expect(await store.stored('INSTANCE', registered.position)).toEqual([stored]);
    });

    it('of an unknown service are refused', async ({ store }) => {
      await store.registerService({}, { tenant: otherTenant });

      expect(await errorNameOf(store.registerInstance())).toBe('serviceNotExists');
      expect(await errorNameOf(store.registerInstance({}, { isIdRequested: true }))).toBe(
        'serviceNotExists',
      );
      expect(await store.stored('INSTANCE')).toEqual([]);
      expect(await errorNameOf(store.backend.instances.renew(key))).toBe('instanceNotExists');
    });

    it('belong to one service of one tenant', async ({ store }) => {
      const { instances } = store.backend;
      await store.registerService();
      await store.registerService({ serviceId: 'cart-11', serviceName: 'price' });
      await store.registerService({}, { tenant: otherTenant });
      await store.registerInstance({ hostName: 'a' });
      await store.registerInstance({ hostName: 'b', serviceId: 'cart-11' });
      await store.registerInstance({ hostName: 'c' }, { tenant: otherTenant });

      const hosts = async (tenant: Tenant, serviceId: string): Promise<readonly string[]> =>
        (await instances.list(tenant, serviceId)).map(({ value }) => value.hostName);
      expect(await hosts(defaultTenant, 'cart-1')).toEqual(['a']);
      expect(await hosts(defaultTenant, 'cart-11')).toEqual(['b']);
      expect(await hosts(otherTenant, 'cart-1')).toEqual(['c']);
      expect(await hosts(otherTenant, 'cart-11')).toEqual([]);
      await instances.unregister(key);
      expect((await instances.get({ ...key, tenant: otherTenant }))?.value.hostName).toBe('c');
      expect((await instances.get({ ...key, serviceId: 'cart-11' }))?.value.hostName).toBe('b');
    });

    describe('registered again under the same id', () => {
      it('with the same body are renewed, nothing is written', async ({ store }) => {
        await store.registerService();
        const first = await store.registerInstance();
        const before = await store.position();
        const later = { timestamp: '1700000077', modTimestamp: '1700000077' };
        const second = await store.registerInstance(later, { isIdRequested: true });

        expect(second.outcome).toBe('renewed');
        expect(second.position.order).toBeGreaterThanOrEqual(first.position.order);
        expect(await store.position()).toEqual(before);
        expect((await store.backend.instances.get(key))?.value).toEqual(sampleInstance());
      });

      it('with another body are updated, status and registration time stay', async ({ store }) => {
        await store.registerService();
        await store.registerInstance();
        await store.backend.instances.updateStatus(key, 'OUTOFSERVICE', '1700000050');
        const body = {
          endpoints: ['rest://10.0.0.8:8080'],
          hostName: 'node-8',
          properties: toStringMap([['a', 'b']]),
        };
        const again = await store.shown(
          store.registerInstance(
            { ...body, timestamp: '1700000077', modTimestamp: '1700000077' },
            { isIdRequested: true },
          ),
        );

        expect(again.outcome).toBe('updated');
        const stored = await store.backend.instances.get(key);
        expect(stored?.value).toEqual(
          sampleInstance({ ...body, status: 'OUTOFSERVICE', modTimestamp: '1700000077' }),
        );
        expect(stored?.version).toBe(3n);
      });

      it('after they are gone are created', async ({ store }) => {
        await store.registerService();
        await store.registerInstance({}, { isIdRequested: true });
        await store.backend.instances.unregister(key);
        const again = await store.registerInstance({}, { isIdRequested: true });

        expect(again.outcome).toBe('created');
        expect((await store.backend.instances.get(key))?.version).toBe(1n);
      });

      it('are created once, however many at once', async ({ store }) => {
        await store.registerService();
        const outcomes = await Promise.all(
          Array.from({ length: 30 }, async () => {
            const { outcome } = await store.registerInstance({}, { isIdRequested: true });
            return outcome;
          }),
        );

        expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'renewed')).toHaveLength(29);
        expect(await store.stored('INSTANCE')).toMatchObject([{ version: 1n }]);
        expect((await store.backend.instances.renew(key)).isConfirmed).toBe(true);
      });
    });

    describe('status and properties', () => {
      it('change without touching anything else', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        await store.registerInstance({ properties: toStringMap([['old', '1']]) });
        await store.shown(instances.updateStatus(key, 'DOWN', '1700000060'));
        const properties = toStringMap([['new', '2']]);
        await store.shown(instances.updateProperties(key, properties, '1700000061'));

        expect(await instances.get(key)).toMatchObject({
          value: sampleInstance({ status: 'DOWN', properties, modTimestamp: '1700000061' }),
          version: 3n,
        });
        await instances.updateProperties(key, emptyStringMap, '1700000062');
        expect((await instances.get(key))?.value.properties).toEqual({});
      });

      it('changed at once are all kept', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        await store.registerInstance();
        const properties = toStringMap([['new', '2']]);
        await Promise.all([
          instances.updateStatus(key, 'TESTING', '1700000060'),
          instances.updateProperties(key, properties, '1700000060'),
        ]);

        expect((await instances.get(key))?.value).toMatchObject({ status: 'TESTING', properties });
      });

      it('of an unknown instance are refused', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        await store.registerInstance({ instanceId: 'another' });

        expect(await errorNameOf(instances.updateStatus(key, 'DOWN', '1'))).toBe(
          'instanceNotExists',
        );
        expect(await errorNameOf(instances.updateProperties(key, emptyStringMap, '1'))).toBe(
          'instanceNotExists',
        );
        expect(await store.stored('INSTANCE')).toHaveLength(1);
      });

      it('never bring back an instance that was unregistered meanwhile', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        for (let round = 0; round < 10; round++) {
          await store.registerInstance();
          const [update] = await Promise.all([
            errorNameOf(instances.updateStatus(key, 'DOWN', '1700000060')),
            instances.unregister(key),
          ]);

          expect(['no error', 'instanceNotExists']).toContain(update);
          expect(await instances.get(key)).toBeUndefined();
        }
      });
    });

    describe('unregistered', () => {
      it('are gone, and their followers learn why', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        const { position } = await store.registerInstance();
        const recorder = store.record(store.backend.listWatch('INSTANCE'), position);
        const gone = await store.shown(instances.unregister(key));
        await recorder.reached(gone.position);

        expect(await instances.get(key)).toBeUndefined();
        expect(await instances.list(defaultTenant, 'cart-1')).toEqual([]);
        const [change, ...others] = recorder.changes;
        expect(others).toEqual([]);
        expect(change).toMatchObject({
          action: 'delete',
          identity: key,
          previous: { value: sampleInstance() },
        });
        expect(store.causesFor('unregister')).toContain(
          change?.action === 'delete' && change.cause,
        );
      });

      it('can neither be renewed nor unregistered again', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        await store.registerInstance();
        await instances.unregister(key);

        expect(await errorNameOf(instances.renew(key))).toBe('instanceNotExists');
        expect(await errorNameOf(instances.unregister(key))).toBe('instanceNotExists');
      });

      it('by several at once succeeds once', async ({ store }) => {
        const { instances } = store.backend;
        await store.registerService();
        await store.registerInstance();
        const outcomes = await Promise.all(
          Array.from({ length: 10 }, () => errorNameOf(instances.unregister(key))),
        );

        expect(outcomes.filter((outcome) => outcome === 'no error')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'instanceNotExists')).toHaveLength(9);
      });
    });
  });
}
