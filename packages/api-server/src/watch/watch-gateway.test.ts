import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

import { PushFrame, type Subscriber, type Subscription } from '@service-center/registry';
import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { routeTable } from '../routing/route-table.ts';
import { expandRoutes } from '../routing/route.ts';
import { WatchGateway } from './watch-gateway.ts';

const path = '/registry/v3/microservices/consumer/watcher';

describe('WatchGateway', () => {
  let clock: ManualClock;
  let gateway: WatchGateway;
  let server: Server;
  let port: number;
  let isRegistered: boolean;
  let subscribers: Set<Subscriber>;
  let failure: Error | undefined;

  beforeEach(async () => {
    clock = new ManualClock();
    isRegistered = true;
    subscribers = new Set();
    failure = undefined;
    gateway = new WatchGateway({
      hub: { subscribe: (_tenant, _serviceId, subscriber) => subscribe(subscriber) },
      services: { isRegistered: () => isRegistered },
      routes: expandRoutes(routeTable),
      clock,
      logger: silentLogger,
    });
    server = createServer().listen(0, '127.0.0.1');
    server.on('upgrade', (request, socket, head) => {
      gateway.upgrade(request, socket, head);
    });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    port = address.port;
  });

  afterEach(() => {
    gateway.terminate();
    server.closeAllConnections();
    server.close();
  });

  const subscribe = (subscriber: Subscriber): Subscription => {
    if (failure !== undefined) throw failure;
    subscribers.add(subscriber);
    return {
      close: () => {
        subscribers.delete(subscriber);
      },
    };
  };

  interface Client {
    readonly socket: WebSocket;
    readonly events: string[];
    readonly closed: Promise<number>;
  }

  const open = (autoPong = true): Client => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { autoPong });
    const events: string[] = [];
    const { promise: closed, resolve } = Promise.withResolvers<number>();
    socket.on('ping', () => events.push('ping'));
    socket.on('message', (data: Buffer) => events.push(data.toString()));
    socket.on('close', resolve);
    return { socket, events, closed };
  };

  /** Half a second at a time, as the gateway looks at its connections. */
  const pass = async (seconds: number): Promise<void> => {
    for (let step = 0; step < seconds * 2; step++) await clock.advance(500);
  };

  it('pings every 30 s and keeps who answers', async () => {
    const client = open();
    await once(client.socket, 'open');
    for (let round = 0; round < 5; round++) {
      const pinged = once(client.socket, 'ping');
      await pass(30);
      await pinged;
    }
    await pass(29.5);
    expect(client.events).toEqual(['ping', 'ping', 'ping', 'ping', 'ping']);
    expect(gateway.size).toBe(1);
  });

  it('cuts a client that is silent for 120 s', async () => {
    const client = open(false);
    await once(client.socket, 'open');
    await pass(119.5);
    expect(gateway.size).toBe(1);
    await pass(0.5);
    expect(await client.closed).toBe(1006);
    expect(subscribers.size).toBe(0);
  });

  it('does not ping a client that pings by itself, but still looks after its service', async () => {
    const client = open();
    await once(client.socket, 'open');
    client.socket.ping();
    await once(client.socket, 'pong');
    await pass(60);
    expect(client.events).toEqual([]);
    isRegistered = false;
    await pass(30);
    expect(await client.closed).toBe(1006);
    expect(client.events).toEqual(['service does not exist']);
  });

  it('tells why there is nothing to watch', async () => {
    failure = new Error('the hub is closed');
    const client = open();
    expect(await client.closed).toBe(1006);
    expect(client.events).toEqual(['the hub is closed']);
  });

  it('sends one frame to all, as it is', async () => {
    const clients = [open(), open()];
    await Promise.all(clients.map(({ socket }) => once(socket, 'open')));
    const frame = new PushFrame(`{"text":"${'ä'.repeat(40_000)}"}`);
    for (const subscriber of subscribers) await subscriber.send(frame);
    for (const { events } of clients) {
      await expect.poll(() => events).toEqual([frame.text]);
    }
  });

  it('asks for patience while a client takes nothing, and cuts it after 5 s', async () => {
    const socket = await connectWithoutReading(port);
    const closed = once(socket, 'close');
    const [subscriber] = subscribers;
    const frame = new PushFrame('x'.repeat(1_000_000));
    let pending: Promise<void> | undefined;
    for (let sent = 0; sent < 100 && pending === undefined; sent++) {
      pending = subscriber?.send(frame);
    }
    expect(pending).toBeInstanceOf(Promise);
    await pass(4.5);
    expect(gateway.size).toBe(1);
    await pass(1);
    // Whoever waits for the client is let go.
    await pending;
    expect(gateway.size).toBe(0);
    expect(() => subscriber?.send(frame)).toThrow('closed');
    socket.destroy();
    await closed;
  });

  it('goes on with a client that was slow for a while', async () => {
    const socket = await connectWithoutReading(port);
    const [subscriber] = subscribers;
    const frame = new PushFrame('x'.repeat(1_000_000));
    let pending: Promise<void> | undefined;
    for (let sent = 0; sent < 100 && pending === undefined; sent++) {
      pending = subscriber?.send(frame);
    }
    await pass(4);
    socket.resume();
    await pending;
    await pass(20);
    expect(gateway.size).toBe(1);
    socket.destroy();
  });

  it('leaves no timer behind', async () => {
    const client = open();
    await once(client.socket, 'open');
    expect(clock.pendingTimers).toBe(1);
    client.socket.terminate();
    await expect.poll(() => gateway.size).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

async function connectWithoutReading(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.pause();
  return socket;
}
