import { describe, expect } from 'vitest';

import { emptyStringMap, toStringMap } from '../../model/string-map.ts';
import { defaultTenant, type Tenant } from '../../model/tenant.ts';
import { errorNameOf, type BackendTest } from './backend-fixture.ts';

const otherTenant: Tenant = { domain: 'default', project: 'other' };

/** Tags of services (spec 02 §1.3, spec 04 §3.2). */
export function describeTags(it: BackendTest): void {
  describe('tags', () => {
    it('are replaced as a whole', async ({ store }) => {
      const { tags } = store.backend;
      await store.registerService();
      expect(await tags.get(defaultTenant, 'cart-1')).toEqual({});
      await tags.replaceAll(defaultTenant, 'cart-1', toStringMap([['zone', 'a']]));
      const map = toStringMap([
        ['rack', '7'],
        ['area', 'north'],
      ]);
      await store.shown(tags.replaceAll(defaultTenant, 'cart-1', map));

      expect(await tags.get(defaultTenant, 'cart-1')).toEqual(map);
      expect(await tags.get(otherTenant, 'cart-1')).toEqual({});
      expect(await store.stored('SERVICE_TAG')).toMatchObject([
        { identity: { tenant: defaultTenant, serviceId: 'cart-1' }, value: map, version: 2n },
      ]);
      await tags.replaceAll(defaultTenant, 'cart-1', emptyStringMap);
      expect(await tags.get(defaultTenant, 'cart-1')).toEqual({});
    });

    it('are changed and removed one by one', async ({ store }) => {
      const { tags } = store.backend;
      await store.registerService();
      const map = toStringMap([
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ]);
      await tags.replaceAll(defaultTenant, 'cart-1', map);
      await store.shown(tags.update(defaultTenant, 'cart-1', 'b', 'two'));
      await store.shown(tags.delete(defaultTenant, 'cart-1', ['a', 'c']));

      expect(await tags.get(defaultTenant, 'cart-1')).toEqual({ b: 'two' });
      await tags.delete(defaultTenant, 'cart-1', ['b']);
      expect(await tags.get(defaultTenant, 'cart-1')).toEqual({});
    });

    it('that do not exist can be neither changed nor removed', async ({ store }) => {
      const { tags } = store.backend;
      await store.registerService();
      expect(await errorNameOf(tags.update(defaultTenant, 'cart-1', 'a', 'x'))).toBe(
        'tagNotExists',
      );
      await tags.replaceAll(defaultTenant, 'cart-1', toStringMap([['a', '1']]));

      for (const key of ['b', 'toString', '__proto__']) {
        expect(await errorNameOf(tags.update(defaultTenant, 'cart-1', key, 'x'))).toBe(
          'tagNotExists',
        );
        expect(await errorNameOf(tags.delete(defaultTenant, 'cart-1', ['a', key]))).toBe(
          'tagNotExists',
        );
      }
      expect(await tags.get(defaultTenant, 'cart-1')).toEqual({ a: '1' });
    });

    it('changed at once are all kept', async ({ store }) => {
      const { tags } = store.backend;
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      await store.registerService();
      const initial = toStringMap(keys.map((key) => [key, 'old']));
      await tags.replaceAll(defaultTenant, 'cart-1', initial);
      await Promise.all(keys.map((key) => tags.update(defaultTenant, 'cart-1', key, 'new')));

      expect(await tags.get(defaultTenant, 'cart-1')).toEqual(
        Object.fromEntries(keys.map((key) => [key, 'new'])),
      );
    });

    it('need a service', async ({ store }) => {
      const { tags } = store.backend;
      await store.registerService({}, { tenant: otherTenant });
      const calls = [
        tags.replaceAll(defaultTenant, 'cart-1', toStringMap([['a', '1']])),
        tags.update(defaultTenant, 'cart-1', 'a', '1'),
        tags.delete(defaultTenant, 'cart-1', ['a']),
      ];

      expect(await Promise.all(calls.map(errorNameOf))).toEqual([
        'serviceNotExists',
        'serviceNotExists',
        'serviceNotExists',
      ]);
      expect(await store.stored('SERVICE_TAG')).toEqual([]);
    });
  });
}
