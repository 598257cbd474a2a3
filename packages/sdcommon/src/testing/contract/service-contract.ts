import { describe, expect } from 'vitest';

import { emptyStringMap, toStringMap } from '../../model/string-map.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { sampleService } from '../samples/sample-service.ts';
import { errorNameOf, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'default2' };

/** Registration, properties and reads of services (spec 02 §1.3, spec 04 §3.1 and §3.3). */
export function describeServices(it: BackendTest): void {
  describe('services', () => {
    it('creates a service with its name and without an alias', async ({ store }) => {
      const registered = await store.shown(store.registerService({ serviceId: 's1' }));

      expect(registered).toMatchObject({ serviceId: 's1', isNew: true });
      expect(await store.stored('SERVICE')).toMatchObject([
        {
          identity: { tenant: defaultTenant, serviceId: 's1' },
          value: sampleService({ serviceId: 's1' }),
          version: 1n,
        },
      ]);
      expect(await store.stored('SERVICE_INDEX')).toMatchObject([
        {
          identity: {
            tenant: defaultTenant,
            environment: '',
            appId: 'shop',
            serviceName: 'cart',
            version: '1.0.0',
          },
          value: 's1',
        },
      ]);
      expect(await store.stored('SERVICE_ALIAS')).toEqual([]);
    });

    it('creates service, name and alias in one transaction', async ({ store }) => {
      const { position } = await store.shown(store.registerService({ alias: 'basket' }));

      const { resources } = await store.list(position);
      const written = resources.filter(({ type }) => type.startsWith('SERVICE'));
      expect(written.map(({ type }) => type).toSorted()).toEqual([
        'SERVICE',
        'SERVICE_ALIAS',
        'SERVICE_INDEX',
      ]);
      expect(new Set(written.map(({ modRevision }) => modRevision)).size).toBe(1);
      expect(await store.stored('SERVICE_ALIAS')).toMatchObject([
        { identity: { serviceName: 'basket', version: '1.0.0' }, value: 'cart-1' },
      ]);
    });

    it('keeps every field as it was given', async ({ store }) => {
      const service = sampleService({
        description: '<a> & "b" \u2028 ü 𝄞',
        level: 'FRONT',
        schemas: ['one', 'two'],
        paths: [{ path: '/cart', property: toStringMap([['auth', 'no']]) }],
        properties: toStringMap([
          ['__proto__', 'polluted?'],
          ['empty', ''],
        ]),
        providers: [
          {
            tenant: '',
            environment: '',
            appId: 'shop',
            serviceName: 'price',
            alias: '',
            version: '1.0.0',
          },
        ],
        alias: 'basket',
        LBStrategy: toStringMap([['kind', 'random']]),
        environment: 'production',
        registerBy: 'SDK',
        framework: { name: 'demo', version: '' },
      });
      await store.registerService(service);

      const stored = await store.backend.services.get(defaultTenant, service.serviceId);
      expect(stored?.value).toEqual(service);
    });

    describe('registered again', () => {
      it('answers the stored id and writes nothing', async ({ store }) => {
        const first = await store.registerService({ serviceId: 's1', description: 'first' });
        const before = await store.position();
        const second = await store.registerService({
          serviceId: 's2',
          description: 'second',
          alias: 'new-alias',
        });

        expect(second).toMatchObject({ serviceId: 's1', isNew: false });
        expect(second.position.order).toBeGreaterThanOrEqual(first.position.order);
        expect(await store.position()).toEqual(before);
        const stored = await store.backend.services.get(defaultTenant, 's1');
        expect(stored?.value).toMatchObject({ description: 'first', alias: '' });
        expect(await store.backend.services.get(defaultTenant, 's2')).toBeUndefined();
      });

      it('accepts a requested id that is the stored one', async ({ store }) => {
        await store.registerService({ serviceId: 's1' });
        const again = await store.registerService({ serviceId: 's1' }, { isIdRequested: true });

        expect(again).toMatchObject({ serviceId: 's1', isNew: false });
      });

      it('refuses a requested id that is not the stored one', async ({ store }) => {
        await store.registerService({ serviceId: 's1' });

        expect(
          await errorNameOf(store.registerService({ serviceId: 's2' }, { isIdRequested: true })),
        ).toBe('serviceAlreadyExists');
        expect(await store.stored('SERVICE')).toHaveLength(1);
      });

      it('refuses a requested id that another service has', async ({ store }) => {
        await store.registerService({ serviceId: 's1' });
        const other = { serviceId: 's1', serviceName: 'price' };

        expect(await errorNameOf(store.registerService(other, { isIdRequested: true }))).toBe(
          'serviceAlreadyExists',
        );
        expect(await store.stored('SERVICE_INDEX')).toHaveLength(1);
      });

      it('fails rather than taking over an id that another service chose', async ({ store }) => {
        await store.registerService({ serviceId: 's1' }, { isIdRequested: true });

        expect(
          await errorNameOf(store.registerService({ serviceId: 's1', serviceName: 'price' })),
        ).toBe('internal');
        const stored = await store.backend.services.get(defaultTenant, 's1');
        expect(stored?.value.serviceName).toBe('cart');
      });

      it('answers the service that has the same alias and version', async ({ store }) => {
        await store.registerService({ serviceId: 's1', alias: 'basket' });
        const other = { serviceId: 's2', serviceName: 'trolley', alias: 'basket' };

        expect(await store.registerService(other)).toMatchObject({
          serviceId: 's1',
          isNew: false,
        });
        expect(
          await store.registerService({ ...other, serviceId: 's1' }, { isIdRequested: true }),
        ).toMatchObject({ serviceId: 's1', isNew: false });
        expect(await errorNameOf(store.registerService(other, { isIdRequested: true }))).toBe(
          'serviceAlreadyExists',
        );
      });

      it('prefers the service of the same name to the one of the same alias', async ({ store }) => {
        await store.registerService({ serviceId: 'by-name' });
        await store.registerService({
          serviceId: 'by-alias',
          serviceName: 'trolley',
          alias: 'basket',
        });

        expect(await store.registerService({ serviceId: 's3', alias: 'basket' })).toMatchObject({
          serviceId: 'by-name',
          isNew: false,
        });
      });

      it('creates one service for fifty registrations at once', async ({ store }) => {
        const registered = await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            store.registerService({ serviceId: `s${index}`, alias: 'basket' }),
          ),
        );

        expect(new Set(registered.map(({ serviceId }) => serviceId)).size).toBe(1);
        expect(registered.filter(({ isNew }) => isNew)).toHaveLength(1);
        expect(await store.stored('SERVICE')).toHaveLength(1);
        expect(await store.stored('SERVICE_INDEX')).toHaveLength(1);
        expect(await store.stored('SERVICE_ALIAS')).toHaveLength(1);
      });
    });

    describe('are different services', () => {
      it('in another environment, application, version or under another name', async ({
        store,
      }) => {
        const variants = [
          {},
          { environment: 'production' },
          { appId: 'store' },
          { serviceName: 'carts' },
          { version: '1.0.0.0' },
        ];
        for (const [index, variant] of variants.entries()) {
          const registered = await store.registerService({ serviceId: `s${index}`, ...variant });
          expect(registered).toMatchObject({ serviceId: `s${index}`, isNew: true });
        }
      });

      it('when an alias is the name of another service', async ({ store }) => {
        await store.registerService({ serviceId: 's1', serviceName: 'basket' });
        const other = await store.registerService({ serviceId: 's2', alias: 'basket' });

        expect(other).toMatchObject({ serviceId: 's2', isNew: true });
      });

      it('when the names differ in letter case only', async ({ store }) => {
        await store.registerService({ serviceId: 's1' });
        const other = await store.registerService({ serviceId: 's2', serviceName: 'Cart' });

        expect(other).toMatchObject({ serviceId: 's2', isNew: true });
      });

      it('in another tenant, even with the same id', async ({ store }) => {
        await store.registerService({ serviceId: 's1', description: 'here' });
        const other = await store.registerService(
          { serviceId: 's1', description: 'there' },
          { tenant: otherTenant, isIdRequested: true },
        );

        expect(other.isNew).toBe(true);
        const { services } = store.backend;
        expect((await services.list(defaultTenant)).map(({ value }) => value.description)).toEqual([
          'here',
        ]);
        expect((await services.get(otherTenant, 's1'))?.value.description).toBe('there');
      });
    });

    describe('properties', () => {
      it('are replaced, and nothing else but the time of change', async ({ store }) => {
        await store.registerService({
          properties: toStringMap([['old', '1']]),
          description: 'kept',
        });
        const properties = toStringMap([
          ['new', '2'],
          ['__proto__', '3'],
        ]);
        const { services } = store.backend;
        await store.shown(
          services.updateProperties(defaultTenant, 'cart-1', properties, '1700000099'),
        );

        expect(await services.get(defaultTenant, 'cart-1')).toMatchObject({
          value: sampleService({ properties, description: 'kept', modTimestamp: '1700000099' }),
          version: 2n,
        });
      });

      it('of an unknown service are refused', async ({ store }) => {
        await store.registerService({}, { tenant: otherTenant });

        const update = store.backend.services.updateProperties(
          defaultTenant,
          'cart-1',
          emptyStringMap,
          '1700000099',
        );
        expect(await errorNameOf(update)).toBe('serviceNotExists');
      });
    });

    it('are read by id and by tenant', async ({ store }) => {
      const { services } = store.backend;
      await store.registerService({ serviceId: 's1' });
      await store.registerService({ serviceId: 's2', serviceName: 'price' });
      await store.registerService({ serviceId: 's3' }, { tenant: otherTenant });

      expect(await services.get(defaultTenant, 's3')).toBeUndefined();
      expect(await services.get(defaultTenant, 's')).toBeUndefined();
      const ids = (await services.list(defaultTenant)).map(({ identity }) => identity.serviceId);
      expect(ids.toSorted()).toEqual(['s1', 's2']);
      expect(await services.list({ domain: 'nobody', project: 'default' })).toEqual([]);
    });

    it('get the same derived id wherever their name is the same', async ({ store }) => {
      const { services } = store.backend;
      const id = services.contextServiceId(defaultTenant, sampleService());

      expect(services.contextServiceId(defaultTenant, sampleService({ serviceId: 'x' }))).toBe(id);
      for (const variant of [
        { environment: 'production' },
        { appId: 'store' },
        { serviceName: 'price' },
        { version: '1.0.1' },
      ]) {
        expect(services.contextServiceId(defaultTenant, sampleService(variant))).not.toBe(id);
      }
      expect(services.contextServiceId(otherTenant, sampleService())).not.toBe(id);
    });
  });
}
