import { createServer, type Server } from 'node:http';
import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exchange, type RawRequest } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';

// The hot routes have two ways in: the dispatcher and Express. No client may see which one it took.
describe('the dispatcher and Express', () => {
  let server: RunningServer;
  let expressOnly: Server;
  let expressPort: number;
  let consumerId: string;
  let serviceId: string;
  let instanceId: string;
  let revision: string;

  beforeAll(async () => {
    server = await RunningServer.start();
    expressOnly = createServer(server.api.app).listen(0, '127.0.0.1');
    await once(expressOnly, 'listening');
    const address = expressOnly.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    expressPort = address.port;
    const client = new RegistryClient(server);
    consumerId = await client.registerService('consumer');
    serviceId = await client.registerService('provider');
    instanceId = await client.registerInstance(serviceId, 'host-0');
    const large = await client.registerService('large');
    for (let index = 0; index < 20; index++) await client.registerInstance(large, `h${index}`);
    const found = await client.call('GET', '/instances?appId=app&serviceName=provider');
    revision = found.headers.get('x-resource-revision') ?? '';
  });

  afterAll(async () => {
    expressOnly.closeAllConnections();
    expressOnly.close();
    await server[Symbol.asyncDispose]();
  });

  const registry = '/v4/default/registry';
  const find = `${registry}/instances?appId=app&serviceName=provider`;
  const gzip = { 'Accept-Encoding': 'gzip' };
  const origin = { Origin: 'http://console.example' };
  const heartbeat = (): string =>
    `${registry}/microservices/${serviceId}/instances/${instanceId}/heartbeat`;
  const instances = (): string => `${registry}/microservices/${serviceId}/instances`;
  const register = (body: string, more: Partial<RawRequest> = {}): RawRequest => ({
    method: 'POST',
    target: instances(),
    body,
    ...more,
  });
  const heartbeats = (body: string): RawRequest => ({
    method: 'PUT',
    target: `${registry}/heartbeats`,
    body,
  });

  const corpus: Readonly<Record<string, () => RawRequest>> = {
    find: () => ({ target: find }),
    'find again': () => ({ target: find }),
    'find as a consumer': () => ({ target: find, headers: { 'X-ConsumerId': consumerId } }),
    'find as nobody': () => ({ target: find, headers: { 'X-ConsumerId': 'nobody' } }),
    'find not modified': () => ({ target: `${find}&rev=${revision}` }),
    'find with an old revision': () => ({ target: `${find}&rev=old` }),
    'find without cache': () => ({ target: `${find}&noCache=1&rev=${revision}` }),
    'find from another origin': () => ({ target: find, headers: origin }),
    'find over v3': () => ({ target: '/registry/v3/instances?appId=app&serviceName=provider' }),
    'find in another domain': () => ({ target: find, headers: { 'X-Domain-Name': 'other' } }),
    'find in a bad domain': () => ({ target: find, headers: { 'X-Domain-Name': 'a/b' } }),
    'find in a bad project': () => ({ target: find.replace('default', 'a%20b') }),
    'find with an encoded slash': () => ({ target: find.replace('default', 'a%2Fb') }),
    'find of encoded letters': () => ({ target: find.replace('registry', 'regi%73try') }),
    'find of nothing': () => ({ target: `${registry}/instances?appId=app&serviceName=none` }),
    'find without parameters': () => ({ target: `${registry}/instances` }),
    'find many': () => ({ target: find.replace('provider', 'large') }),
    'find many, compressed': () => ({ target: find.replace('provider', 'large'), headers: gzip }),
    'find many, compressed again': () => ({
      target: find.replace('provider', 'large'),
      headers: { ...gzip, ...origin },
    }),
    'find at the end of a refused target': () => ({ target: `${find}&version=1.0.0+` }),
    'find with a slash too many': () => ({ target: find.replace('/instances', '/instances/') }),
    'find with the wrong method': () => ({ method: 'POST', target: find }),
    'find by HEAD': () => ({ method: 'HEAD', target: find }),
    'find by PATCH': () => ({ method: 'PATCH', target: find, headers: origin }),
    'find in front of an unclean path': () => ({ target: find.replace('/v4/', '/v4//') }),
    'find with a broken escape': () => ({ target: '/v4/%zz/registry/instances' }),
    'find preflight': () => ({
      method: 'OPTIONS',
      target: find,
      headers: { ...origin, 'Access-Control-Request-Method': 'GET' },
    }),
    heartbeat: () => ({ method: 'PUT', target: heartbeat() }),
    'heartbeat with a body': () => ({ method: 'PUT', target: heartbeat(), body: '{}' }),
    'heartbeat of nothing': () => ({ method: 'PUT', target: heartbeat().replace(instanceId, 'x') }),
    'heartbeat over v3': () => ({
      method: 'PUT',
      target: heartbeat().replace(registry, '/registry/v3'),
      headers: { 'X-Tenant-Name': 'default' },
    }),
    'heartbeat by GET': () => ({ target: heartbeat() }),
    heartbeats: () =>
      heartbeats(
        JSON.stringify({
          instances: [
            { serviceId, instanceId },
            { serviceId, instanceId: 'x' },
          ],
        }),
      ),
    'heartbeats of nobody': () => heartbeats('{"instances":[]}'),
    'heartbeats in broken JSON': () => heartbeats('{'),
    'heartbeats without a body': () => ({ method: 'PUT', target: `${registry}/heartbeats` }),
    register: () =>
      register(
        JSON.stringify({
          instance: { instanceId, hostName: 'host-0', endpoints: ['rest://host-0:8080'] },
        }),
      ),
    'register in chunks': () =>
      register(
        JSON.stringify({
          instance: { instanceId, hostName: 'host-0', endpoints: ['rest://host-0:8080'] },
        }),
        { isChunked: true },
      ),
    'register nothing': () => register('{}'),
    'register in broken JSON': () => register('{"instance":'),
    'register too much': () => register(`{"x":"${'x'.repeat(6000)}"}`),
    'register too much in chunks': () =>
      register(`{"x":"${'x'.repeat(6000)}"}`, { isChunked: true }),
    'register at nothing': () =>
      register('{"instance":{"hostName":"h"}}', { target: instances().replace(serviceId, 'x') }),
    health: () => ({ target: `${registry}/health` }),
    'health over v3': () => ({ target: '/health', headers: origin }),
    'health with a slash': () => ({ target: '/health/' }),
    'health in a bad domain': () => ({
      target: `${registry}/health`,
      headers: { 'X-Domain-Name': 'a b' },
    }),
    'no route': () => ({ target: '/nope', headers: origin }),
  };

  it.each(Object.keys(corpus))('give the same bytes for %s', async (name) => {
    const request = corpus[name]?.();
    if (request === undefined) throw new Error('no request');
    const dispatched = await exchange(server.port, request);
    const routed = await exchange(expressPort, request);
    expect(dispatched.head).toBe(routed.head);
    expect(dispatched.body).toBe(routed.body);
    expect(dispatched.status).toBeGreaterThanOrEqual(200);
  });

  it('notice a change between two equal finds', async () => {
    const client = new RegistryClient(server);
    const before = await exchange(server.port, { target: find });
    const added = await client.registerInstance(serviceId, 'host-1');
    const during = await exchange(server.port, { target: find });
    await client.call('DELETE', `/microservices/${serviceId}/instances/${added}`);
    const after = await exchange(server.port, { target: find });
    expect(during.body).toContain(added);
    expect(during.headers.get('x-resource-revision')).not.toBe(
      before.headers.get('x-resource-revision'),
    );
    expect(after.body).toBe(before.body);
  });
});
