import type { Tenant } from '@service-center/sdcommon';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { ServiceNameMap } from './service-name-map.ts';

const names = fc.tuple(
  fc.constantFrom<Tenant>(
    { domain: 'a', project: 'b' },
    { domain: 'a', project: 'c' },
    { domain: 'b', project: 'b' },
  ),
  fc.constantFrom('', 'production'),
  fc.constantFrom('a', 'b'),
  fc.constantFrom('a', 'b', '*'),
);

it('behaves like a map over joined names, and leaves no empty branch (I21)', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(names, fc.option(fc.nat()))), (steps) => {
      const map = new ServiceNameMap<number>();
      const model = new Map<string, number>();
      for (const [[tenant, environment, appId, serviceName], value] of steps) {
        const id = [tenant.domain, tenant.project, environment, appId, serviceName].join('/');
        const known = model.get(id);
        const removed =
          value === null ? map.delete(tenant, environment, appId, serviceName) : known;
        expect(removed).toBe(known);
        if (value === null) {
          model.delete(id);
        } else {
          map.set(tenant, environment, appId, serviceName, value);
          model.set(id, value);
        }
        expect(map.get(tenant, environment, appId, serviceName)).toBe(model.get(id));
        expect(map.isEmpty).toBe(model.size === 0);
      }
    }),
    { seed: 8 },
  );
});
