import { describe, expect } from 'vitest';

import type { BackendTest } from './backend-fixture.ts';

/** Domains and projects (spec 04 §7). */
export function describeTenants(it: BackendTest): void {
  describe('tenants', () => {
    it('are recorded with domain and project', async ({ store }) => {
      await store.shown(store.backend.tenants.ensure({ domain: 'd', project: 'p1' }));
      await store.shown(store.backend.tenants.ensure({ domain: 'd', project: 'p2' }));

      expect((await store.stored('DOMAIN')).map(({ identity }) => identity)).toEqual([
        { domain: 'd' },
      ]);
      expect((await store.stored('PROJECT')).map(({ identity }) => identity)).toEqual([
        { domain: 'd', project: 'p1' },
        { domain: 'd', project: 'p2' },
      ]);
    });

    it('that are recorded cost no write', async ({ store }) => {
      const tenant = { domain: 'd', project: 'p' };
      const first = await store.backend.tenants.ensure(tenant);
      const before = await store.position();
      const second = await store.backend.tenants.ensure(tenant);

      expect(await store.position()).toEqual(before);
      expect(second.position.order).toBeGreaterThanOrEqual(first.position.order);
    });

    it('are recorded once, however many at once', async ({ store }) => {
      const tenant = { domain: 'd', project: 'p' };
      await Promise.all(Array.from({ length: 20 }, () => store.backend.tenants.ensure(tenant)));

      expect(await store.stored('DOMAIN')).toMatchObject([{ version: 1n }]);
      expect(await store.stored('PROJECT')).toMatchObject([{ version: 1n }]);
    });
  });
}
