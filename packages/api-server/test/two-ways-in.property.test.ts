import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange } from './raw-http.ts';
import { RunningServer } from './running-server.ts';

const segments = [
  'v4',
  'registry',
  'v3',
  'default',
  'microservices',
  'instances',
  'heartbeat',
  'heartbeats',
  'health',
  'readiness',
  'watcher',
  'tags',
  '',
  '.',
  '..',
  '%2F',
  '%2e',
  'a%2Fb',
  '%zz',
  '%ff',
  'HEALTH',
  'a+b',
  'ä'.normalize(),
  '*',
  ':project',
];
const queries = [
  '',
  '?',
  '?appId=a&serviceName=b',
  '?appId=a&serviceName=b&version=%zz',
  '?rev=1;noCache=1',
  '?x=1&',
  '?%3Aproject=p2',
  '?appId=a&serviceName=b&version=0%252B&tags=t',
];

const target = fc
  .tuple(fc.array(fc.constantFrom(...segments), { maxLength: 8 }), fc.constantFrom(...queries))
  .map(([path, query]) => `/${path.join('/')}${query}`);
const likelyTarget = fc
  .tuple(
    fc.constantFrom('/v4/default/registry', '/v4/a%20b/registry', '/registry/v3', ''),
    fc.constantFrom(
      '/instances',
      '/heartbeats',
      '/health',
      '/microservices/s/instances',
      '/microservices/s/instances/i/heartbeat',
      '/microservices/%73/instances/%2e/heartbeat',
      '/microservices/s%2F/instances/i/heartbeat',
      '/microservices/:/instances/%3A/heartbeat/',
    ),
    fc.constantFrom(...queries),
  )
  .map((parts) => parts.join(''));

const requests = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
  target: fc.oneof(target, likelyTarget),
  headers: fc.dictionary(
    fc.constantFrom('X-Domain-Name', 'X-Tenant-Name', 'X-ConsumerId', 'Origin', 'Accept-Encoding'),
    fc.constantFrom('default', 'd', 'a b', '..', 'gzip', 'gzip;q=0', '*', 'ä'),
  ),
  body: fc.option(fc.constantFrom('', '{', '{}', 'null', '{"instances":[]}', '{"instance":{}}'), {
    nil: undefined,
  }),
  isChunked: fc.boolean(),
});

describe('the dispatcher and Express', () => {
  let server: RunningServer;
  let expressOnly: Server;
  let expressPort: number;

  beforeAll(async () => {
    server = await RunningServer.start();
    expressOnly = createServer(server.api.app).listen(0, '127.0.0.1');
    await once(expressOnly, 'listening');
    const address = expressOnly.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    expressPort = address.port;
  });

  afterAll(async () => {
    expressOnly.closeAllConnections();
    expressOnly.close();
    await server[Symbol.asyncDispose]();
  });

  it('give the same bytes for any request', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ body, ...rest }) => {
        const request = { ...rest, ...(body !== undefined && { body }) };
        const dispatched = await exchange(server.port, request);
        const routed = await exchange(expressPort, request);
        expect(dispatched.head).toBe(routed.head);
        expect(dispatched.body).toBe(routed.body);
        expect(dispatched.status).toBeLessThan(500);
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });
});
