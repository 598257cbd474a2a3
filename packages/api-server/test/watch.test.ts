import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { exchange } from './raw-http.ts';
import { RegistryClient } from './registry-client.ts';
import { RunningServer } from './running-server.ts';
import { WatchClient } from './watch-client.ts';

function watcher(serviceId: string): string {
  return `/v4/default/registry/microservices/${serviceId}/watcher`;
}

describe('watching', () => {
  let server: RunningServer;
  let client: RegistryClient;
  let consumerId: string;
  let providerId: string;

  beforeEach(async () => {
    server = await RunningServer.start();
    client = new RegistryClient(server);
    consumerId = await client.registerService('consumer');
    providerId = await client.registerService('provider');
  });

  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  const watch = (path: string, headers?: Record<string, string>): WatchClient =>
    new WatchClient(`ws://127.0.0.1:${server.port}${path}`, headers);
  const findAsConsumer = async (): Promise<void> => {
    const target = '/v4/default/registry/instances?appId=app&serviceName=provider';
    await exchange(server.port, { target, headers: { 'X-ConsumerId': consumerId } });
    await expect
      .poll(async () => (await client.call('GET', `/microservices/${consumerId}/providers`)).text())
      .toContain(providerId);
  };

  it.each(['/v4/default/registry', '/registry/v3'])(
    'pushes what happens to the instances of providers (%s)',
    async (form) => {
      await findAsConsumer();
      const consumer = await watch(`${form}/microservices/${consumerId}/watcher`).opened();
      const instanceId = await client.registerInstance(providerId, 'host');
      const instance = `/microservices/${providerId}/instances/${instanceId}`;
      await client.call('PUT', `${instance}/status?value=DOWN`);
      await client.call('PUT', `${instance}/heartbeat`);
      await client.call('DELETE', instance);

      await expect.poll(() => consumer.texts.length).toBe(3);
      const events = consumer.texts.map((text): unknown => JSON.parse(text));
      const key = {
        tenant: 'default/default',
        appId: 'app',
        serviceName: 'provider',
        version: '1.0.0',
      };
      expect(events).toMatchObject([
        { action: 'CREATE', key, instance: { instanceId, status: 'UP' } },
        { action: 'UPDATE', key, instance: { instanceId, status: 'DOWN' } },
        { action: 'DELETE', key, instance: { instanceId, status: 'DOWN' } },
      ]);
      consumer.socket.terminate();
    },
  );

  it('sends every event to every watch, in order', async () => {
    await findAsConsumer();
    const watches = await Promise.all(
      Array.from({ length: 20 }, () => watch(watcher(consumerId)).opened()),
    );
    for (let index = 0; index < 30; index++) {
      await client.registerInstance(providerId, `host-${index}`);
    }
    await expect.poll(() => watches.every(({ texts }) => texts.length === 30)).toBe(true);
    const [first] = watches;
    for (const { texts, socket } of watches) {
      expect(texts).toEqual(first?.texts);
      socket.terminate();
    }
    await expect.poll(() => server.api.webSocketCount).toBe(0);
    expect(server.registry.hub.size).toBe(0);
  });

  it.each([
    ['an unknown service', watcher('none'), {}],
    ['an id that is too long', watcher('x'.repeat(65)), {}],
  ])('tells that %s does not exist, and hangs up', async (_name, path, headers) => {
    const consumer = watch(path, headers);
    expect(await consumer.closed).toMatchObject({ code: 1006 });
    expect(consumer.texts).toEqual(['service does not exist']);
  });

  it('does not show the services of another domain', async () => {
    const consumer = watch(watcher(consumerId), { 'X-Domain-Name': 'other' });
    expect(await consumer.closed).toMatchObject({ code: 1006 });
    expect(consumer.texts).toEqual(['service does not exist']);
  });

  it('closes the connection of who sends more than 64 bytes', async () => {
    const consumer = await watch(watcher(consumerId)).opened();
    consumer.socket.send('x'.repeat(64));
    consumer.socket.ping('p');
    await once(consumer.socket, 'pong');
    consumer.socket.send('x'.repeat(65));
    expect(await consumer.closed).toMatchObject({ code: 1009 });
  });

  it('answers a Ping with an empty Pong, whatever it carries', async () => {
    const consumer = await watch(watcher(consumerId)).opened();
    const { promise: pong, resolve } = Promise.withResolvers<Buffer>();
    consumer.socket.once('pong', resolve);
    consumer.socket.ping('payload');
    expect(await pong).toEqual(Buffer.alloc(0));
    consumer.socket.terminate();
  });

  it('echoes a Close', async () => {
    const consumer = await watch(watcher(consumerId)).opened();
    consumer.socket.close(1000);
    expect(await consumer.closed).toMatchObject({ code: 1000 });
    const silent = await watch(watcher(consumerId)).opened();
    silent.socket.close();
    expect(await silent.closed).toMatchObject({ code: 1005 });
  });

  it('speaks no subprotocol and takes any origin', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${watcher(consumerId)}`, {
      origin: 'http://elsewhere.example',
    });
    await once(socket, 'open');
    expect(socket.protocol).toBe('');
    socket.terminate();
  });

  it('tells clients that the server goes away', async () => {
    const consumer = await watch(watcher(consumerId)).opened();
    await server.api.close({ graceMs: 5000 });
    expect(await consumer.closed).toMatchObject({ code: 1001 });
  });

  const handshake = {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };

  it.each(['/listwatcher', '/instances/i/heartbeat'])(
    'refuses a plain GET of the other websocket routes (%s)',
    async (tail) => {
      const target = `/v4/default/registry/microservices/${consumerId}${tail}`;
      const response = await exchange(server.port, { target });
      expect([response.status, response.body]).toEqual([400, 'Bad Request\n']);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['a plain GET', {}],
    ['no key', { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' }],
    ['an old version', { ...handshake, 'Sec-WebSocket-Version': '8' }],
    ['another protocol', { ...handshake, Upgrade: 'h2c' }],
  ])('refuses %s', async (_name, headers) => {
    const response = await exchange(server.port, { target: watcher(consumerId), headers });
    expect([response.status, response.body]).toEqual([400, 'Bad Request\n']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('answers a handshake for anything else as an ordinary request', async () => {
    const unknown = await exchange(server.port, { target: '/nope', headers: handshake });
    expect(unknown.status).toBe(404);
    const version = await exchange(server.port, { target: '/version', headers: handshake });
    expect(version.status).toBe(200);
    const tenant = await exchange(server.port, {
      target: watcher(consumerId),
      headers: { ...handshake, 'X-Domain-Name': 'a b' },
    });
    expect(tenant.body).toContain('"errorCode":"400001"');
  });
});
