import { describe, expect } from 'vitest';

import type { Schema } from '../../model/schema.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { errorNameOf, type BackendFixture, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'other' };
const quota = 5;

/** Contracts of services (spec 02 §1.3, spec 04 §3.5). */
export function describeSchemas(it: BackendTest): void {
  describe('schemas', () => {
    it('are stored with their text and summary', async ({ store }) => {
      const schema = sampleSchema('first', 'text "<&>" ü\n\u2028', 'digest');
      await store.registerService();
      await store.shown(put(store, schema));

      expect(await get(store, 'first')).toEqual(schema);
      expect(await store.stored('SCHEMA_SUMMARY')).toMatchObject([
        {
          identity: { tenant: defaultTenant, serviceId: 'cart-1', schemaId: 'first' },
          value: 'digest',
        },
      ]);
      expect(await store.stored('SCHEMA_REF')).toMatchObject([
        { identity: { tenant: defaultTenant, serviceId: 'cart-1', schemaId: 'first' } },
      ]);
    });

    it('add their id to the service when it is new', async ({ store }) => {
      await store.registerService({ schemas: ['first'] });
      await put(store, sampleSchema('first'));
      expect(await schemaIds(store)).toEqual(['first']);
      await store.shown(put(store, sampleSchema('second')));
      expect(await schemaIds(store)).toEqual(['first', 'second']);
      await put(store, sampleSchema('second', 'another text'));

      expect(await schemaIds(store)).toEqual(['first', 'second']);
      expect((await store.backend.services.get(defaultTenant, 'cart-1'))?.version).toBe(2n);
    });

    it('are overwritten', async ({ store }) => {
      await store.registerService();
      await put(store, sampleSchema('first', 'old', 'old-digest'));
      const again = sampleSchema('first', 'new', '');
      await put(store, again);

      expect(await get(store, 'first')).toEqual(again);
      expect(await list(store)).toEqual([again]);
    });

    it('of two services may have the same text, and stay when one goes', async ({ store }) => {
      await store.registerService();
      await store.registerService({ serviceId: 'price-1', serviceName: 'price' });
      const schema = sampleSchema('first', 'shared');
      await put(store, schema);
      await put(store, schema, 'price-1');
      await store.backend.schemas.delete(defaultTenant, 'cart-1', 'first');
      expect(await get(store, 'first', 'price-1')).toEqual(schema);
      await put(store, schema);
      await store.backend.services.delete(defaultTenant, 'cart-1', false);

      expect(await get(store, 'first', 'price-1')).toEqual(schema);
    });

    it('are listed with and without their texts', async ({ store }) => {
      await store.registerService({ schemas: ['announced'] });
      const schemas = [sampleSchema('a', 'text a', 'sum a'), sampleSchema('b', 'text b', '')];
      for (const schema of schemas) await put(store, schema);

      expect(await list(store)).toEqual(schemas);
      expect(await list(store, false)).toEqual(
        schemas.map((schema) => Object.assign({}, schema, { schema: '' })),
      );
      expect(await store.backend.schemas.list(otherTenant, 'cart-1', true)).toEqual([]);
    });

    it('need a service', async ({ store }) => {
      await store.registerService({}, { tenant: otherTenant });
      const { schemas } = store.backend;

      expect(await errorNameOf(put(store, sampleSchema('first')))).toBe('serviceNotExists');
      expect(await errorNameOf(schemas.replaceAll(defaultTenant, 'cart-1', []))).toBe(
        'serviceNotExists',
      );
      expect(await get(store, 'first')).toBeUndefined();
      expect(await list(store)).toEqual([]);
      expect(await store.stored('SCHEMA_REF')).toEqual([]);
    });

    describe('quota', () => {
      it('refuses one more id, but no change of a present one', async ({ store }) => {
        await store.registerService();
        for (let index = 0; index < quota; index++) {
          await put(store, sampleSchema(`schema-${index}`));
        }

        expect(await errorNameOf(put(store, sampleSchema('one-more')))).toBe('notEnoughQuota');
        expect(await get(store, 'one-more')).toBeUndefined();
        expect(await schemaIds(store)).toHaveLength(quota);
        await put(store, sampleSchema('schema-0', 'changed'));
        expect((await get(store, 'schema-0'))?.schema).toBe('changed');
      });

      it('holds when many are put at once, and none is lost', async ({ store }) => {
        await store.registerService();
        const outcomes = await Promise.all(
          Array.from({ length: 12 }, (_, index) =>
            errorNameOf(put(store, sampleSchema(`schema-${index}`))),
          ),
        );

        const stored = outcomes.flatMap((outcome, index) =>
          outcome === 'no error' ? [`schema-${index}`] : [],
        );
        expect(stored).toHaveLength(quota);
        expect(outcomes.filter((outcome) => outcome === 'notEnoughQuota')).toHaveLength(12 - quota);
        expect((await schemaIds(store)).toSorted()).toEqual(stored.toSorted());
        expect((await list(store)).map(({ schemaId }) => schemaId)).toEqual(stored.toSorted());
      });
    });

    describe('replaced all at once', () => {
      it('are the only ones, in the given order', async ({ store }) => {
        await store.registerService();
        await put(store, sampleSchema('first', 'old'));
        await put(store, sampleSchema('second'));
        const replaced = store.backend.schemas.replaceAll(defaultTenant, 'cart-1', [
          sampleSchema('third'),
          sampleSchema('first', 'new'),
        ]);
        await store.shown(replaced);

        expect(await schemaIds(store)).toEqual(['third', 'first']);
        expect(await list(store)).toEqual([sampleSchema('first', 'new'), sampleSchema('third')]);
        expect(await get(store, 'second')).toBeUndefined();
        const refs = await store.stored('SCHEMA_REF');
        expect(refs.map(({ identity }) => identity.schemaId).toSorted()).toEqual([
          'first',
          'third',
        ]);
      });

      it('by none are gone', async ({ store }) => {
        await store.registerService();
        await put(store, sampleSchema('first'));
        await store.backend.schemas.replaceAll(defaultTenant, 'cart-1', []);

        expect(await schemaIds(store)).toEqual([]);
        expect(await list(store)).toEqual([]);
        expect(await store.stored('SCHEMA_SUMMARY')).toEqual([]);
      });

      it('may be more than fit into one request of a store', async ({ store }) => {
        await store.registerService();
        const schemas = Array.from({ length: 200 }, (_, index) =>
          sampleSchema(`schema-${String(index).padStart(3, '0')}`),
        );
        await store.backend.schemas.replaceAll(defaultTenant, 'cart-1', schemas);

        expect(await list(store)).toEqual(schemas);
        expect(await schemaIds(store)).toHaveLength(200);
      });
    });

    describe('deleted', () => {
      it('lose text and summary, their id stays with the service', async ({ store }) => {
        await store.registerService();
        await put(store, sampleSchema('first'));
        await put(store, sampleSchema('firsts'));
        await store.shown(store.backend.schemas.delete(defaultTenant, 'cart-1', 'first'));

        expect(await get(store, 'first')).toBeUndefined();
        expect(await schemaIds(store)).toEqual(['first', 'firsts']);
        expect((await store.stored('SCHEMA_REF')).map(({ identity }) => identity.schemaId)).toEqual(
          ['firsts'],
        );
        expect(await store.stored('SCHEMA_SUMMARY')).toHaveLength(1);
      });

      it('must have been there', async ({ store }) => {
        const { schemas } = store.backend;
        await store.registerService({ schemas: ['announced'] });
        for (const id of ['announced', 'unknown']) {
          expect(await errorNameOf(schemas.delete(defaultTenant, 'cart-1', id))).toBe(
            'schemaNotExists',
          );
        }
        expect(await errorNameOf(schemas.delete(defaultTenant, 'unknown', 'first'))).toBe(
          'schemaNotExists',
        );
      });
    });
  });
}

function sampleSchema(schemaId: string, schema = 'text', summary = 'digest'): Schema {
  return { schemaId, summary, schema };
}

function put(store: BackendFixture, schema: Schema, serviceId = 'cart-1') {
  return store.backend.schemas.put(defaultTenant, serviceId, schema, quota);
}

function get(store: BackendFixture, schemaId: string, serviceId = 'cart-1') {
  return store.backend.schemas.get(defaultTenant, serviceId, schemaId);
}

async function list(store: BackendFixture, withContent = true): Promise<readonly Schema[]> {
  const schemas = await store.backend.schemas.list(defaultTenant, 'cart-1', withContent);
  return schemas.toSorted((left, right) => (left.schemaId < right.schemaId ? -1 : 1));
}

async function schemaIds(store: BackendFixture): Promise<readonly string[]> {
  const service = await store.backend.services.get(defaultTenant, 'cart-1');
  return service?.value.schemas ?? [];
}
