import { describe, expect } from 'vitest';

import type { Schema } from '../../model/schema.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import type { BackendFixture, BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'other' };

/** The removal of schema texts that nothing refers to (spec 02 §1.9, spec 04 §8). */
export function describeSchemaDiscard(it: BackendTest): void {
  describe('schema texts without a reference', () => {
    it('are removed, and those in use stay', async ({ store }) => {
      const { schemas } = store.backend;
      await store.registerService();
      await store.registerService({ serviceId: 'till-1', serviceName: 'till' });
      await put(store, 'cart-1', 'kept', 'shared');
      await put(store, 'till-1', 'kept', 'shared');
      await put(store, 'cart-1', 'overwritten', 'old');
      await put(store, 'cart-1', 'overwritten', 'new');
      await put(store, 'cart-1', 'deleted', 'gone');
      await schemas.delete(defaultTenant, 'cart-1', 'deleted');
      await put(store, 'till-1', 'own', 'with the service');
      await store.backend.services.delete(defaultTenant, 'till-1', false);
      expect(await schemas.discardUnreferenced(defaultTenant)).toBe(3);
      expect(await schemas.discardUnreferenced(defaultTenant)).toBe(0);

      expect(await texts(store, 'cart-1')).toEqual({ kept: 'shared', overwritten: 'new' });
    });

    it('of other tenants stay', async ({ store }) => {
      const { schemas } = store.backend;
      await store.registerService();
      await store.registerService({}, { tenant: otherTenant });
      await put(store, 'cart-1', 'x', 'text');
      await put(store, 'cart-1', 'x', 'text', otherTenant);
      await schemas.delete(defaultTenant, 'cart-1', 'x');
      await schemas.delete(otherTenant, 'cart-1', 'x');

      expect(await schemas.discardUnreferenced(defaultTenant)).toBe(1);
      expect(await schemas.discardUnreferenced(otherTenant)).toBe(1);
    });

    it('are none where there are no schemas', async ({ store }) => {
      expect(await store.backend.schemas.discardUnreferenced(defaultTenant)).toBe(0);
    });

    it('are removed however many there are', async ({ store }) => {
      const { schemas } = store.backend;
      await store.registerService();
      const many = Array.from({ length: 300 }, (_, index) => ({
        schemaId: `schema-${index}`,
        summary: '',
        schema: `text ${index}`,
      }));
      await schemas.replaceAll(defaultTenant, 'cart-1', many);
      const left = many.slice(0, 1);
      await schemas.replaceAll(defaultTenant, 'cart-1', left);

      expect(await schemas.discardUnreferenced(defaultTenant)).toBe(299);
      expect(await schemas.list(defaultTenant, 'cart-1', true)).toEqual(left);
    });

    it('that services come to use meanwhile are there for them', async ({ store }) => {
      const { schemas } = store.backend;
      const many = Array.from({ length: 400 }, (_, index) => ({
        schemaId: `schema-${index}`,
        summary: '',
        schema: `text ${index}`,
      }));
      await store.registerService();
      await schemas.replaceAll(defaultTenant, 'cart-1', many);
      await schemas.replaceAll(defaultTenant, 'cart-1', []);
      const used = many.filter((_, index) => index % 8 === 0);
      const progress = { isDiscarding: true };
      const discarding = schemas.discardUnreferenced(defaultTenant).finally(() => {
        progress.isDiscarding = false;
      });
      let count = 0;
      for (const schema of used) {
        await schemas.put(defaultTenant, 'cart-1', schema, many.length);
        if (progress.isDiscarding) count++;
      }

      await discarding;
      expect(count).toBeGreaterThan(0);
      for (const schema of used) {
        expect(await schemas.get(defaultTenant, 'cart-1', schema.schemaId)).toEqual(schema);
      }
    });

    it('that all use again when they are removed are there for all', async ({ store }) => {
      const { schemas } = store.backend;
      const ids = ['a', 'b', 'c'];
      for (const serviceId of ids) {
        await store.registerService({ serviceId, serviceName: serviceId });
      }
      const schema: Schema = { schemaId: 'x', summary: '', schema: 'text' };
      for (let round = 0; round < 10; round++) {
        await schemas.put(defaultTenant, 'a', schema, 10);
        await schemas.delete(defaultTenant, 'a', 'x');
        await Promise.all([
          schemas.discardUnreferenced(defaultTenant),
          schemas.put(defaultTenant, 'a', schema, 10),
          schemas.replaceAll(defaultTenant, 'b', [schema]),
          schemas.discardUnreferenced(defaultTenant),
          schemas.put(defaultTenant, 'c', schema, 10),
        ]);

        for (const serviceId of ids) {
          expect(await schemas.get(defaultTenant, serviceId, 'x')).toEqual(schema);
          await schemas.delete(defaultTenant, serviceId, 'x');
        }
      }
    });
  });
}

async function put(
  store: BackendFixture,
  serviceId: string,
  schemaId: string,
  schema: string,
  tenant: Tenant = defaultTenant,
): Promise<void> {
  await store.backend.schemas.put(tenant, serviceId, { schemaId, summary: '', schema }, 10);
}

async function texts(
  store: BackendFixture,
  serviceId: string,
): Promise<Readonly<Record<string, string>>> {
  const schemas = await store.backend.schemas.list(defaultTenant, serviceId, true);
  return Object.fromEntries(schemas.map(({ schemaId, schema }) => [schemaId, schema]));
}
