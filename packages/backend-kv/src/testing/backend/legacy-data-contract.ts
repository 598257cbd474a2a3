import { describe, expect } from 'vitest';

import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';

const oldText = '/cse-sr/ms/schemas/{DP}/cart-1/x';
const oldSummary = '/cse-sr/ms/schema-sum/{DP}/cart-1/x';

/** Data that servers of the 1.x generation have left in the store (spec 02 §0, decisions 1 and 2). */
export function describeLegacyData(it: KvBackendTest): void {
  describe('schemas of 1.x', () => {
    it('are read where nothing newer is stored', async ({ servers }) => {
      await storeOldSchema(servers);
      const { schemas } = servers.backend;

      const schema = { schemaId: 'x', summary: 'old', schema: 'old text' };
      expect(await schemas.get(servers.tenant, 'cart-1', 'x')).toEqual(schema);
      expect(await schemas.list(servers.tenant, 'cart-1', true)).toEqual([schema]);
      expect(await schemas.list(servers.tenant, 'cart-1', false)).toEqual([
        { ...schema, schema: '' },
      ]);
    });

    it('yield to a reference, and to the old text again when its text is missing', async ({
      servers,
    }) => {
      await storeOldSchema(servers);
      await servers.putRaw('/cse-sr/ms/schema-ref/{DP}/cart-1/x', 'hash');
      const { schemas } = servers.backend;
      expect((await schemas.get(servers.tenant, 'cart-1', 'x'))?.schema).toBe('old text');
      await servers.putRaw('/cse-sr/ms/schema-content/{DP}/hash', 'new text');

      expect((await schemas.get(servers.tenant, 'cart-1', 'x'))?.schema).toBe('new text');
      expect((await schemas.list(servers.tenant, 'cart-1', true))[0]?.schema).toBe('new text');
    });

    it('go with the next write of the schema', async ({ servers }) => {
      await storeOldSchema(servers);
      const schema = { schemaId: 'x', summary: 'new', schema: 'new text' };
      await servers.backend.schemas.put(servers.tenant, 'cart-1', schema, 100);

      expect(await servers.value(oldText)).toBeUndefined();
      expect(await servers.backend.schemas.get(servers.tenant, 'cart-1', 'x')).toEqual(schema);
    });

    it('go when the schemas of the service are replaced', async ({ servers }) => {
      await storeOldSchema(servers);
      const schema = { schemaId: 'y', summary: '', schema: 'text' };
      await servers.backend.schemas.replaceAll(servers.tenant, 'cart-1', [schema]);

      expect(await servers.value(oldText)).toBeUndefined();
      expect(await servers.value(oldSummary)).toBeUndefined();
      expect(await servers.backend.schemas.list(servers.tenant, 'cart-1', true)).toEqual([schema]);
    });

    it('can be deleted', async ({ servers }) => {
      await storeOldSchema(servers);
      await servers.backend.schemas.delete(servers.tenant, 'cart-1', 'x');

      expect(await servers.value(oldText)).toBeUndefined();
      expect(await servers.value(oldSummary)).toBeUndefined();
    });
  });

  describe('a service whose id contains a slash', () => {
    it('is read, and its instances belong to it alone', async ({ servers }) => {
      await servers.registerService();
      await servers.putRaw('/cse-sr/ms/files/{DP}/cart-1/b', '{"serviceId":"cart-1/b"}');
      await servers.putRaw('/cse-sr/inst/files/{DP}/cart-1/b/i', '{"instanceId":"i"}');
      const { services, instances } = servers.backend;

      expect((await services.get(servers.tenant, 'cart-1/b'))?.value.serviceId).toBe('cart-1/b');
      expect(await instances.list(servers.tenant, 'cart-1/b')).toHaveLength(1);
      expect(await instances.list(servers.tenant, 'cart-1')).toEqual([]);
    });
  });

  describe('the server record of 1.x', () => {
    it('is raised, and has an environment then', async ({ servers }) => {
      await servers.putRaw('/cse-sr/sys', '{"version":"1.3.0"}');
      const record = { version: '2.2.0', environment: 'dev' };

      expect(await servers.backend.serverRecord.raise(record)).toEqual(record);
      expect(await servers.value('/cse-sr/sys')).toBe('{"version":"2.2.0","environment":"dev"}');
      const older = { version: '2.1.9', environment: '' };
      expect(await servers.backend.serverRecord.raise(older)).toEqual(record);
    });

    it('that cannot be read is replaced', async ({ servers }) => {
      await servers.putRaw('/cse-sr/sys', 'x');
      const record = { version: '0.0.1', environment: '' };

      expect(await servers.backend.serverRecord.raise(record)).toEqual(record);
      expect(await servers.value('/cse-sr/sys')).toBe('{"version":"0.0.1","environment":""}');
    });
  });
}

async function storeOldSchema(servers: KvBackendFixture): Promise<void> {
  await servers.registerService({ schemas: ['x'] });
  await servers.putRaw(oldText, 'old text');
  await servers.putRaw(oldSummary, 'old');
}
