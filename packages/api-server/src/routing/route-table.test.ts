import { describe, expect, it } from 'vitest';

import { routeTable } from './route-table.ts';
import { expandRoutes, groupByPattern } from './route.ts';

describe('routeTable', () => {
  const routes = expandRoutes(routeTable);

  it('has no method twice on one pattern', () => {
    const ids = routes.map((route) => `${route.method} ${route.pattern}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('serves every registry route in its v3 form too, except those that came later', () => {
    const v4 = routes.filter(
      ({ form, pattern }) => form === 'v4' && pattern.startsWith('/v4/:project/registry/'),
    );
    const others = new Set(routes.filter(({ form }) => form !== 'v4').map(({ api }) => api));
    const without = v4.map(({ api }) => api).filter((api) => !others.has(api));
    expect(without).toEqual([
      'BatchFindInstances',
      'PutManyInstanceStatus',
      'Heartbeat',
      'StreamEvents',
    ]);
  });

  it('names no parameter twice in one pattern', () => {
    for (const { pattern } of routes) {
      const names = pattern.split('/').filter((segment) => segment.startsWith(':'));
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('lists the methods of a pattern in a stable order', () => {
    const methods = groupByPattern(routes)
      .get('/v4/:project/registry/microservices')
      ?.map((route) => route.method);
    expect(methods).toEqual(['GET', 'POST', 'DELETE']);
  });
});
