import { toStringMap } from '@service-center/sdcommon';
import { sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect } from 'vitest';

import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';

/** Keys and values, byte for byte (spec 02 §1.1 and §4). */
export function describeLayout(it: KvBackendTest): void {
  describe('layout', () => {
    it('has one key for each thing, where the reference has it', async ({ servers }) => {
      await registerEverything(servers);
      const lease = await servers.leaseOf();
      const domain = servers.tenant.domain;

      expect(Object.fromEntries(await servers.dump())).toEqual({
        [`/cse-sr/domains/${domain}`]: '',
        '/cse-sr/projects/{DP}': '',
        '/cse-sr/ms/files/{DP}/cart-1':
          '{"serviceId":"cart-1","appId":"shop","serviceName":"cart","version":"1.0.0","level":"BACK","schemas":["x"],"status":"UP","timestamp":"1700000000","alias":"trolley","modTimestamp":"1700000000","environment":"development"}',
        '/cse-sr/ms/files/{DP}/till-1':
          '{"serviceId":"till-1","appId":"shop","serviceName":"till","version":"1.0.0","level":"BACK","status":"UP","timestamp":"1700000000","modTimestamp":"1700000000"}',
        '/cse-sr/ms/indexes/{DP}/development/shop/cart/1.0.0': 'cart-1',
        '/cse-sr/ms/indexes/{DP}//shop/till/1.0.0': 'till-1',
        '/cse-sr/ms/alias/{DP}/development/shop/trolley/1.0.0': 'cart-1',
        '/cse-sr/ms/tags/{DP}/cart-1': '{"a":"b"}',
        '/cse-sr/ms/schema-ref/{DP}/cart-1/x': 'e0ed245943720f60ecda756c46ad179f',
        '/cse-sr/ms/schema-sum/{DP}/cart-1/x': 'sum',
        '/cse-sr/ms/schema-content/{DP}/e0ed245943720f60ecda756c46ad179f': 'text',
        '/cse-sr/ms/dep-rules/{DP}/c//shop/till/1.0.0': `{"Dependency":[{"tenant":"${domain}/default","environment":"development","appId":"shop","serviceName":"cart","alias":"trolley","version":"0.0.0+"}]}`,
        '/cse-sr/ms/dep-rules/{DP}/p/development/shop/cart/0.0.0+': `{"Dependency":[{"tenant":"${domain}/default","appId":"shop","serviceName":"till","version":"1.0.0"}]}`,
        '/cse-sr/inst/files/{DP}/cart-1/cart-1-a':
          '{"instanceId":"cart-1-a","serviceId":"cart-1","endpoints":["rest://10.0.0.7:8080"],"hostName":"node-7","status":"UP","properties":{"a":"\\u003cb\\u003e","z":"1"},"healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1700000005","modTimestamp":"1700000005","version":"1.0.0"}',
        '/cse-sr/inst/leases/{DP}/cart-1/cart-1-a': String(lease),
      });
    });

    it('keeps of a deleted service its text, and the order to forget its dependencies', async ({
      servers,
    }) => {
      await registerEverything(servers);
      const lease = await servers.leaseOf();
      await servers.putRaw('/cse-sr/ms/rules/{DP}/cart-1/r1', '{"ruleId":"r1"}');
      await servers.putRaw('/cse-sr/ms/rule-indexes/{DP}/cart-1/AppId/x', 'r1');
      await servers.putRaw('/cse-sr/ms/schemas/{DP}/cart-1/old', 'text');
      await servers.backend.services.delete(servers.tenant, 'cart-1', false);

      const left = [...(await servers.dump()).keys()].filter((key) => /cart|content/.test(key));
      expect(left).toEqual([
        '/cse-sr/ms/dep-queue/{DP}/cart-1/0',
        '/cse-sr/ms/dep-rules/{DP}/p/development/shop/cart/0.0.0+',
        '/cse-sr/ms/schema-content/{DP}/e0ed245943720f60ecda756c46ad179f',
      ]);
      expect(await servers.value('/cse-sr/ms/dep-queue/{DP}/cart-1/0')).toBe(
        `{"consumer":{"tenant":"${servers.tenant.domain}/default","environment":"development","appId":"shop","serviceName":"cart","alias":"trolley","version":"1.0.0"},"override":true}`,
      );
      expect(await servers.kv.renewLease(lease)).toBeUndefined();
    });

    it('has the queue keys by which servers recognise a change', async ({ servers }) => {
      const till = await servers.registerService({ serviceId: 'till-1', serviceName: 'till' });
      const cart = await servers.registerService();
      const change = {
        tenant: servers.tenant,
        serviceId: 'till-1',
        dependency: {
          consumer: servers.nameOf(till),
          providers: [servers.nameOf(cart, '0.0.0+')],
          override: false,
        },
      };
      await servers.backend.dependencies.enqueue([
        { ...change, kind: 'find' },
        { ...change, kind: 'override' },
        { ...change, kind: 'add' },
      ]);

      const records = await servers.records('/cse-sr/ms/dep-queue/{DP}/till-1/');
      const ids = records.map(({ key }) => key.split('/').at(-1));
      expect(ids).toHaveLength(3);
      expect(ids).toContain('0');
      expect(ids).toContain('shop_cart');
      expect(ids.filter((id) => /^[0-9a-f]{32}$/.test(id ?? ''))).toHaveLength(1);
    });

    it('holds a long list of schemas, and writes nothing twice', async ({ servers }) => {
      await servers.registerService();
      const schemas = Array.from({ length: 150 }, (_, index) => ({
        schemaId: `schema-${index}`,
        summary: `s${index}`,
        schema: `text ${index}`,
      }));
      const { schemas: repository } = servers.backend;
      await repository.replaceAll(servers.tenant, 'cart-1', schemas);
      expect(await repository.list(servers.tenant, 'cart-1', true)).toEqual(
        schemas.toSorted((left, right) => (left.schemaId < right.schemaId ? -1 : 1)),
      );

      const before = await servers.kv.currentRevision();
      const again = await repository.replaceAll(servers.tenant, 'cart-1', schemas);
      expect(await servers.kv.currentRevision()).toBe(before);
      expect(again.position.order).toBe(before);

      await repository.replaceAll(servers.tenant, 'cart-1', schemas.slice(0, 1));
      expect(await servers.records('/cse-sr/ms/schema-ref/{DP}/cart-1/')).toHaveLength(1);
      expect(await servers.records('/cse-sr/ms/schema-sum/{DP}/cart-1/')).toHaveLength(1);
    });
  });
}

/** One object of each kind, as the recorded scenario of the reference has them. */
async function registerEverything(servers: KvBackendFixture): Promise<void> {
  const { backend, tenant } = servers;
  await backend.tenants.ensure(tenant);
  const cart = await servers.registerService({ alias: 'trolley', environment: 'development' });
  const till = await servers.registerService({ serviceId: 'till-1', serviceName: 'till' });
  await backend.tags.replaceAll(tenant, 'cart-1', toStringMap([['a', 'b']]));
  const schema = { schemaId: 'x', summary: 'sum', schema: 'text' };
  await backend.schemas.put(tenant, 'cart-1', schema, 100);
  const properties = toStringMap([
    ['z', '1'],
    ['a', '<b>'],
  ]);
  await backend.instances.register({
    tenant,
    instance: sampleInstance({ properties }),
    ttlSeconds: 120,
    isIdRequested: false,
  });
  const dependency = {
    consumer: servers.nameOf(till),
    providers: [servers.nameOf(cart, '0.0.0+')],
    override: false,
  };
  await backend.dependencies.enqueue([{ tenant, serviceId: 'till-1', kind: 'find', dependency }]);
  await servers.applyQueue();
}
