import { describe, expect, it } from 'vitest';

import { routeTable } from './route-table.ts';
import { expandRoutes, groupByPattern } from './route.ts';

describe('routeTable', () => {
  const routes = expandRoutes(routeTable);

  it('has no method twice on one pattern', () => {
    const ids = routes.map((route) => `${route.method} ${route.pattern}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('serves both forms of every registry route', () => {
    const v4 = routes.filter((route) => route.form === 'v4').map((route) => route.api);
    const others = routes.filter((route) => route.form !== 'v4').map((route) => route.api);
    expect(others.filter((api) => api !== 'Describe')).toEqual(v4);
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
