import { describe, expect, it } from 'vitest';

import { RouteMatcher } from './route-matcher.ts';
import { routeTable } from './route-table.ts';
import { expandRoutes } from './route.ts';

describe('RouteMatcher', () => {
  const matcher = new RouteMatcher(expandRoutes(routeTable));

  it('gives the route and its parameters', () => {
    const match = matcher.match('PUT', '/v4/p/registry/microservices/s/instances/i/heartbeat');
    expect(match?.route.api).toBe('SendHeartbeat');
    expect(match?.params).toEqual({ project: 'p', serviceId: 's', instanceId: 'i' });
  });

  it('finds the v3 form', () => {
    expect(matcher.match('GET', '/registry/v3/instances')?.route.api).toBe('FindInstances');
    expect(matcher.match('GET', '/health')?.route.api).toBe('ClusterHealth');
    expect(matcher.match('GET', '/')?.route.api).toBe('Describe');
  });

  it.each([
    '/v4/p/registry/instances/',
    '/V4/p/registry/instances',
    '/v4/p/registry/Instances',
    '/v4//registry/instances',
    '/v4/p/registry',
    '/v4/p/registry/microservices/s/instances/i/heartbeat/x',
    '/nope',
  ])('knows nothing of %s', (path) => {
    expect(matcher.match('GET', path)).toBeUndefined();
  });

  it('knows nothing of a method that the pattern does not have', () => {
    expect(matcher.match('POST', '/v4/p/registry/instances')).toBeUndefined();
    expect(matcher.match('HEAD', '/v4/p/registry/instances')).toBeUndefined();
  });
});
