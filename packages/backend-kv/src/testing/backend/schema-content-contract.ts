import { describe, expect } from 'vitest';

import type { KvBackendFixture, KvBackendTest } from './kv-backend-fixture.ts';

const contentPrefix = '/cse-sr/ms/schema-content/{DP}/';

/** Which schema texts the removal of unused ones takes (spec 02 §1.3, "Delete content", and §1.9). */
export function describeSchemaContents(it: KvBackendTest): void {
  describe('schema texts', () => {
    it('go when the last reference is gone', async ({ servers }) => {
      const { schemas, services } = servers.backend;
      await servers.registerService();
      await servers.registerService({ serviceId: 'till-1', serviceName: 'till' });
      const schema = { schemaId: 'x', summary: 'sum', schema: 'text' };
      await schemas.put(servers.tenant, 'cart-1', schema, 100);
      await schemas.put(servers.tenant, 'till-1', schema, 100);
      await schemas.delete(servers.tenant, 'cart-1', 'x');
      expect(await schemas.discardUnreferenced(servers.tenant)).toBe(0);
      expect(await texts(servers)).toEqual(['text']);
      await services.delete(servers.tenant, 'till-1', false);

      expect(await servers.other.schemas.discardUnreferenced(servers.tenant)).toBe(1);
      expect(await texts(servers)).toEqual([]);
    });

    it('of 1.x are not touched', async ({ servers }) => {
      await servers.registerService({ schemas: ['x'] });
      await servers.putRaw('/cse-sr/ms/schemas/{DP}/cart-1/x', 'old text');
      await servers.putRaw('/cse-sr/ms/schema-sum/{DP}/cart-1/x', 'old');
      const { schemas } = servers.backend;

      expect(await schemas.discardUnreferenced(servers.tenant)).toBe(0);
      expect((await schemas.get(servers.tenant, 'cart-1', 'x'))?.schema).toBe('old text');
    });

    it('of another tenant stay, whose name goes on from this one', async ({ servers }) => {
      const { domain, project } = servers.tenant;
      const key = `/cse-sr/ms/schema-content/${domain}/${project}s/hash`;
      await servers.putRaw(key, 'text');

      expect(await servers.backend.schemas.discardUnreferenced(servers.tenant)).toBe(0);
      expect(await servers.value(key)).toBe('text');
    });

    it('that another server comes to use meanwhile stay', async ({ servers }) => {
      await servers.registerService();
      const many = Array.from({ length: 400 }, (_, index) => ({
        schemaId: `schema-${index}`,
        summary: '',
        schema: `text ${index}`,
      }));
      const { schemas } = servers.backend;
      await schemas.replaceAll(servers.tenant, 'cart-1', many);
      await schemas.replaceAll(servers.tenant, 'cart-1', []);
      const discarding = schemas.discardUnreferenced(servers.tenant);
      const used = many.filter((_, index) => index % 8 === 0);
      for (const schema of used) {
        await servers.other.schemas.put(servers.tenant, 'cart-1', schema, many.length);
      }
      await discarding;
      await schemas.discardUnreferenced(servers.tenant);

      expect(new Set(await texts(servers))).toEqual(new Set(used.map(({ schema }) => schema)));
    });
  });
}

async function texts(servers: KvBackendFixture): Promise<readonly (string | undefined)[]> {
  return (await servers.records(contentPrefix)).map(({ value }) => value);
}
