import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { PushFrame } from '@service-center/registry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { GatewayServer, type GatewayClient } from './gateway-server.ts';

const path = '/registry/v3/microservices/consumer/watcher';
const heartbeatPath = '/v4/default/registry/microservices/provider/instances/one/heartbeat';

// Masked, as clients have to send them, with a mask of zeros.
const emptyPing = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);
const normalClose = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);

describe('the gateway of websockets, for those who watch,', () => {
  let server: GatewayServer;

  beforeEach(async () => {
    server = await GatewayServer.start();
  });

  afterEach(() => {
    server.stop();
  });

  const open = (autoPong = true): GatewayClient => server.open(path, autoPong);

  it('pings every 30 s and keeps who answers', async () => {
    const client = open();
    await once(client.socket, 'open');
    for (let round = 0; round < 5; round++) {
      const pinged = once(client.socket, 'ping');
      await server.pass(30);
      await pinged;
    }
    await server.pass(29.5);
    expect(client.events).toEqual(['ping', 'ping', 'ping', 'ping', 'ping']);
    expect(server.gateway.size).toBe(1);
  });

  it('cuts a client that is silent for 120 s', async () => {
    const client = open(false);
    await once(client.socket, 'open');
    await server.pass(119.5);
    expect(server.gateway.size).toBe(1);
    await server.pass(0.5);
    expect((await client.closed).code).toBe(1006);
    expect(server.subscribers.size).toBe(0);
  });

  it('does not ping a client that pings by itself, but still looks after its service', async () => {
    const client = open();
    await once(client.socket, 'open');
    client.socket.ping();
    await once(client.socket, 'pong');
    await server.pass(60);
    expect(client.events).toEqual([]);
    server.isServiceRegistered = false;
    await server.pass(30);
    expect((await client.closed).code).toBe(1006);
    expect(client.events).toEqual(['service does not exist']);
  });

  it.each([path, heartbeatPath])(
    'does not pile up Pongs for a flood of Pings at %s',
    async (target) => {
      const socket = await connectWithoutReading(server.port, target);
      let pongBytes = 0;
      socket.on('data', (chunk) => {
        pongBytes += chunk.length;
      });
      const pings = 50_000;
      await new Promise((resolve) => {
        socket.write(Buffer.concat(Array.from({ length: pings }, () => emptyPing)), resolve);
      });
      socket.end(normalClose);
      socket.resume();
      await once(socket, 'end');
      expect(pongBytes).toBeGreaterThan(0);
      expect(pongBytes).toBeLessThan(pings / 4);
    },
  );

  it('tells why there is nothing to watch', async () => {
    server.subscribeFailure = new Error('the hub is closed');
    const client = open();
    expect((await client.closed).code).toBe(1006);
    expect(client.events).toEqual(['the hub is closed']);
  });

  it('sends one frame to all, as it is', async () => {
    const clients = [open(), open()];
    await Promise.all(clients.map(({ socket }) => once(socket, 'open')));
    const frame = new PushFrame(`{"text":"${'ä'.repeat(40_000)}"}`);
    for (const subscriber of server.subscribers) await subscriber.send(frame);
    for (const { events } of clients) {
      await expect.poll(() => events).toEqual([frame.text]);
    }
  });

  it.each([
    ['may watch no more', 'forbidden', 1008],
    ['is too slow to be told anything', 'slow', 1006],
    ['cannot be sent to', 'failed', 1006],
    ['has to go elsewhere', 'shutdown', 1001],
  ] as const)('closes a client that %s', async (_, end, code) => {
    const client = open();
    await once(client.socket, 'open');
    for (const subscriber of server.subscribers) subscriber.close(end);
    expect((await client.closed).code).toBe(code);
  });

  it('tells who its clients are', async () => {
    const client = open();
    await once(client.socket, 'open');
    const [subscriber] = server.subscribers;
    expect(subscriber?.description).toMatchObject({ channel: 'websocket', consumerId: 'consumer' });
    expect(subscriber?.description.remote).toMatch(/^(127\.0\.0\.1|\[::ffff:127\.0\.0\.1\]):\d+$/);
    client.socket.terminate();
  });

  it('asks for patience while a client takes nothing, and cuts it after 5 s', async () => {
    const socket = await connectWithoutReading(server.port);
    const closed = once(socket, 'close');
    const [subscriber] = server.subscribers;
    const frame = new PushFrame('x'.repeat(1_000_000));
    let pending: Promise<void> | undefined;
    for (let sent = 0; sent < 100 && pending === undefined; sent++) {
      pending = subscriber?.send(frame);
    }
    expect(pending).toBeInstanceOf(Promise);
    await server.pass(4.5);
    expect(server.gateway.size).toBe(1);
    await server.pass(1);
    // Whoever waits for the client is let go.
    await pending;
    expect(server.gateway.size).toBe(0);
    expect(() => subscriber?.send(frame)).toThrow('closed');
    socket.destroy();
    await closed;
  });

  it('goes on with a client that was slow for a while', async () => {
    const socket = await connectWithoutReading(server.port);
    const [subscriber] = server.subscribers;
    const frame = new PushFrame('x'.repeat(1_000_000));
    let pending: Promise<void> | undefined;
    for (let sent = 0; sent < 100 && pending === undefined; sent++) {
      pending = subscriber?.send(frame);
    }
    await server.pass(4);
    socket.resume();
    await pending;
    await server.pass(20);
    expect(server.gateway.size).toBe(1);
    socket.destroy();
  });

  it('leaves no timer behind', async () => {
    const client = open();
    await once(client.socket, 'open');
    expect(server.clock.pendingTimers).toBe(1);
    client.socket.terminate();
    await expect.poll(() => server.gateway.size).toBe(0);
    expect(server.clock.pendingTimers).toBe(0);
  });
});

async function connectWithoutReading(port: number, target = path): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${target} HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.pause();
  return socket;
}
