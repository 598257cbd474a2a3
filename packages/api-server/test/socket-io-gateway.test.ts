import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { StreamFrame } from '@service-center/registry';
import { ServiceCenterError } from '@service-center/sdcommon';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { encodeTextFrame } from '../src/websocket/text-frame.ts';
import { change, EventStreamServer } from './event-stream-server.ts';
import { RegistrySocketClient } from './registry-socket-client.ts';

const project = { topics: [{ kind: 'project' }] } as const;
const reset = new StreamFrame('reset', '{"reason":"new"}', undefined);
// More than the buffers of both ends of a connection hold.
const huge = change('huge', 'x'.repeat(32_000_000));
const small = change('p.1', 'small');

describe('the gateway of socket.io', () => {
  let server: EventStreamServer;
  const clients: RegistrySocketClient[] = [];

  beforeEach(async () => {
    server = await EventStreamServer.start();
  });

  afterEach(async () => {
    for (const opened of clients.splice(0)) opened.close();
    await server.stop();
  });

  function client(...rest: DropFirst<ConstructorParameters<typeof RegistrySocketClient>>) {
    const made = new RegistrySocketClient(server.baseUrl, ...rest);
    clients.push(made);
    return made;
  }

  const open = (
    options: ConstructorParameters<typeof RegistrySocketClient>[1] = {},
  ): Promise<RegistrySocketClient> => client(options).connected();

  it.each([{ transports: ['websocket'] }, { transports: ['polling'] }, { transports: undefined }])(
    'answers first, and sends what comes then as it is (%o)',
    async ({ transports }) => {
      server.first = reset;
      const { socket, events, subscribe } = await bound(open(transports && { transports }));
      await subscribe(project);
      const { subscriber } = server;
      await subscriber.send(change(undefined, 'ä listed'));
      await subscriber.send(new StreamFrame('synchronized', '{"position":"p.1"}', 'p.1'));
      await subscriber.send(change('p.2', 'later'));
      await expect.poll(() => events.length).toBe(5);
      expect(events).toEqual([
        ['answer', { ok: true }],
        ['reset', { reason: 'new' }],
        ['change', { text: 'ä listed' }],
        ['synchronized', { position: 'p.1' }],
        ['change', { text: 'later', position: 'p.2' }],
      ]);
      expect(subscriber.description).toMatchObject({ channel: 'socket.io' });
      expect(subscriber.description.remote).toMatch(/^127\.0\.0\.1:\d+$/);
      socket.disconnect();
      await expect.poll(() => server.subscribers.size).toBe(0);
      expect(server.socketIo.size).toBe(0);
      expect(server.clock.pendingTimers).toBe(0);
    },
  );

  it('sends the same bytes to everybody', async () => {
    const expected = encodeTextFrame(Buffer.from(`42/v4,["change",${small.text}]`));
    const raw = await Promise.all([rawSubscriber(server), rawSubscriber(server)]);
    for (const subscriber of server.subscribers) await subscriber.send(small);
    for (const { received } of raw) {
      await expect.poll(() => received().includes(expected)).toBe(true);
    }
    for (const { socket } of raw) socket.destroy();
  });

  it('passes on whose data a client wants, and what it subscribes to', async () => {
    const { subscribe } = await bound(open({ auth: { domain: 'd', project: 'p' } }));
    await subscribe({ topics: [{ kind: 'consumer', serviceId: 'c' }], position: 'p.1' });
    expect(server.requests).toMatchObject([
      {
        tenant: { domain: 'd', project: 'p' },
        topics: [{ kind: 'consumer', serviceId: 'c' }],
        position: 'p.1',
        subscriber: { description: { consumerId: 'c' } },
      },
    ]);
  });

  it.each([
    [{ domain: 'a/b' }, "domain 'a/b' must have"],
    [{ project: 7 }, 'auth.project must be a text'],
  ])('refuses the tenant %o', async (auth, detail) => {
    const refused = client({ auth });
    const error = await connectError(refused);
    expect(error).toMatchObject({ data: { errorCode: '400001' } });
    expect(error.message).toContain(detail);
  });

  it.each(['/', '/v5'])('has nothing in the namespace %s', async (namespace) => {
    const refused = client({}, namespace);
    expect((await connectError(refused)).message).toMatch(/namespace/i);
    expect(server.socketIo.size).toBe(0);
  });

  it('replaces the stream when a client subscribes again', async () => {
    const { subscribe } = await bound(open());
    await subscribe(project);
    const { subscriber: before } = server;
    await subscribe({ topics: [{ kind: 'domain' }] });
    expect(server.subscribers.size).toBe(1);
    expect(server.subscriber).not.toBe(before);
  });

  it('keeps the stream when a request is refused', async () => {
    const { events, subscribe } = await bound(open());
    await subscribe(project);
    server.failure = new ServiceCenterError('invalidParameters', 'position x is none');
    expect(await subscribe({ ...project, position: 'x' })).toEqual({
      ok: false,
      error: {
        errorCode: '400001',
        errorMessage: 'Invalid parameter(s)',
        detail: 'position x is none',
      },
    });
    await server.subscriber.send(small);
    await expect.poll(() => events.at(-1)?.[0]).toBe('change');
  });

  it.each([
    [undefined],
    ['text'],
    [{ topics: 'x' }],
    [{ topics: [{ kind: 'nothing' }] }],
    [{ topics: Array.from({ length: 101 }, () => ({ kind: 'project' })) }],
    [{ topics: [] }],
  ])('refuses a request of the wrong form (%#)', async (request) => {
    const { emitAnything } = await bound(open());
    const { promise, resolve } = Promise.withResolvers<unknown>();
    emitAnything('subscribe', request, resolve);
    expect(await promise).toMatchObject({ ok: false, error: { errorCode: '400001' } });
    expect(server.requests).toEqual([]);
  });

  it('answers an event that there is not', async () => {
    const { emitAnything } = await bound(open());
    const { promise, resolve } = Promise.withResolvers<unknown>();
    emitAnything('unsubscribe', resolve);
    expect(await promise).toMatchObject({ ok: false, error: { errorCode: '400001' } });
  });

  it.each([
    ['subscribe', { topics: 7 }],
    ['acknowledge', 7],
    ['anything', 'x'],
  ])(
    'sends a client away that wants no answer to a bad message (%s %j)',
    async (event, ...args) => {
      const { socket, disconnects, emitAnything } = await bound(open());
      emitAnything(event, ...args);
      await expect.poll(() => disconnects).toEqual(['io server disconnect']);
      expect(socket.active).toBe(false);
    },
  );

  it('allows only a few subscriptions a second', async () => {
    const { subscribe } = await bound(open());
    for (let time = 0; time < 5; time++) expect(await subscribe(project)).toEqual({ ok: true });
    expect(await subscribe(project)).toMatchObject({ ok: false, error: { errorCode: '400100' } });
    await server.pass(1);
    expect(await subscribe(project)).toEqual({ ok: true });
    expect(server.requests).toHaveLength(6);
  });

  it('takes an acknowledgement for each message, however many there are', async () => {
    const { socket, events, subscribe } = await bound(open());
    await subscribe(project);
    for (let count = 0; count < 1000; count++) {
      await server.subscriber.send(change(`p.${count}`, 'x'));
    }
    await expect.poll(() => events.length).toBe(1001);
    for (let count = 0; count < 1000; count++) socket.emit('acknowledge', `p.${count}`);
    await expect.poll(() => server.acknowledged.length).toBe(1000);
    expect(server.acknowledged.at(-1)).toBe('p.999');
    expect(socket.connected).toBe(true);
  });

  it.each(['websocket', 'polling'])('cuts a client that floods it (%s)', async (transport) => {
    const { socket, disconnects, subscribe } = await bound(open({ transports: [transport] }));
    await subscribe(project);
    for (let count = 0; count < 5000; count++) socket.emit('acknowledge', 'p.1');
    await expect.poll(() => disconnects.length).toBe(1);
    expect(server.acknowledged.length).toBeLessThan(200);
    expect(server.subscribers.size).toBe(0);
  });

  it.each(['websocket', 'polling'])(
    'refuses a message that is too long (%s)',
    async (transport) => {
      const { socket, disconnects } = await bound(open({ transports: [transport] }));
      socket.emit('acknowledge', 'x'.repeat(70_000));
      await expect.poll(() => disconnects.length).toBe(1);
      await expect.poll(() => server.socketIo.size).toBe(0);
    },
  );

  it('sends a client away that subscribes to nothing for 30 s', async () => {
    const [idle, busy] = [await open(), await open()];
    await busy.subscribe(project);
    await server.pass(29);
    expect(server.socketIo.size).toBe(2);
    await server.pass(1);
    await expect.poll(() => idle.disconnects).toEqual(['io server disconnect']);
    expect(busy.socket.connected).toBe(true);
  });

  it('asks for patience while a client takes nothing, and cuts it after 30 s', async () => {
    const { socket } = await rawSubscriber(server);
    const { subscriber } = server;
    socket.pause();
    await subscriber.send(huge);
    const pending = subscriber.send(huge);
    expect(pending).toBeInstanceOf(Promise);
    await server.pass(29);
    expect(server.socketIo.size).toBe(1);
    await server.pass(2);
    await pending;
    expect(server.socketIo.size).toBe(0);
    expect(() => subscriber.send(small)).toThrow('closed');
    socket.destroy();
  });

  it('goes on with a client that was slow for a while', async () => {
    const { socket } = await rawSubscriber(server);
    const { subscriber } = server;
    socket.pause();
    await subscriber.send(huge);
    const pending = subscriber.send(huge);
    await server.pass(20);
    socket.resume();
    await pending;
    await server.pass(40);
    expect(server.socketIo.size).toBe(1);
    socket.destroy();
    await expect.poll(() => server.subscribers.size).toBe(0);
  });

  it.each(['websocket', 'polling'])(
    'tells clients to go when it stops, and they come back by themselves (%s)',
    async (transport) => {
      const { socket, events, disconnects, subscribe } = await bound(
        open({ transports: [transport], reconnection: true }),
      );
      await subscribe(project);
      server.socketIo.close();
      await expect.poll(() => disconnects.length).toBe(1);
      expect(events.at(-1)).toEqual(['leave', { reason: 'shutdown' }]);
      expect(disconnects[0]).toMatch(/^transport/);
      expect(socket.active).toBe(true);
      expect(server.subscribers.size).toBe(0);
    },
  );

  it('tells a client that may see nothing any more, which then stays away', async () => {
    const { socket, events, disconnects, subscribe } = await bound(open({ reconnection: true }));
    await subscribe(project);
    server.subscriber.close('forbidden');
    await expect.poll(() => disconnects).toEqual(['io server disconnect']);
    expect(events.at(-1)).toEqual(['leave', { reason: 'forbidden' }]);
    expect(socket.active).toBe(false);
  });

  it('cuts a client whose stream has failed', async () => {
    const { disconnects, subscribe } = await bound(open());
    await subscribe(project);
    server.subscriber.close('failed');
    await expect.poll(() => disconnects.length).toBe(1);
  });

  it('takes no client while it stops', async () => {
    server.socketIo.close();
    const refused = client({ transports: ['polling'] });
    await connectError(refused);
    expect(server.socketIo.size).toBe(0);
  });

  it('leaves no timer and no connection behind', async () => {
    const timers = countTimers();
    const { subscribe } = await bound(open());
    await subscribe(project);
    await open({ transports: ['polling'] });
    const halfOpen = await rawHandshake(server);
    expect(countTimers()).toBeGreaterThan(timers);
    server.socketIo.close();
    server.socketIo.terminate();
    await server.socketIo.settled();
    for (const { socket } of clients) socket.disconnect();
    halfOpen.socket.destroy();
    await expect.poll(countTimers).toBeLessThanOrEqual(timers);
    expect(server.socketIo.size).toBe(0);
    expect(server.clock.pendingTimers).toBe(0);
  });

  it('lets every origin read its answers, as the rest of the API', async () => {
    const url = `${server.baseUrl}/socket.io/?EIO=4&transport=polling`;
    const response = await fetch(url, { headers: { Origin: 'http://console.example' } });
    expect(await response.text()).toContain('"sid"');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('server')).toBe('TEST/1');
  });
});

type DropFirst<List extends readonly unknown[]> = List extends [unknown, ...infer Rest]
  ? Rest
  : never;

interface BoundClient {
  readonly socket: RegistrySocketClient['socket'];
  readonly events: RegistrySocketClient['events'];
  readonly disconnects: RegistrySocketClient['disconnects'];
  readonly subscribe: RegistrySocketClient['subscribe'];
  readonly emitAnything: RegistrySocketClient['emitAnything'];
}

async function bound(opening: Promise<RegistrySocketClient>): Promise<BoundClient> {
  const client = await opening;
  const { socket, events, disconnects } = client;
  return {
    socket,
    events,
    disconnects,
    subscribe: (request) => client.subscribe(request),
    emitAnything: (event, ...args) => {
      client.emitAnything(event, ...args);
    },
  };
}

async function connectError({ socket }: RegistrySocketClient): Promise<Error> {
  const { promise, resolve } = Promise.withResolvers<Error>();
  socket.once('connect_error', resolve);
  return promise;
}

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

/** A client of few words, whose socket a test can pause. */
interface RawClient {
  readonly socket: Socket;
  readonly received: () => Buffer;
}

/** Opens a websocket of socket.io and says nothing more. */
async function rawHandshake({ port }: EventStreamServer): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1');
  let received: Buffer = Buffer.alloc(0);
  let isCollecting = true;
  socket.on('data', (chunk: Buffer) => {
    if (!isCollecting) return;
    received = Buffer.concat([received, chunk]);
    // What a test of a stopped reader pours into it is not looked at.
    if (received.length > 10_000) isCollecting = false;
  });
  socket.on('error', () => undefined);
  socket.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\n' +
      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  while (!received.includes('pingInterval')) await once(socket, 'data');
  return { socket, received: () => received };
}

/** Comes to the namespace and subscribes to the project. */
async function rawSubscriber(server: EventStreamServer): Promise<RawClient> {
  const client = await rawHandshake(server);
  const before = server.subscribers.size;
  client.socket.write(maskedText('40/v4,'));
  while (!client.received().includes('40/v4,')) await once(client.socket, 'data');
  client.socket.write(maskedText(`42/v4,0["subscribe",${JSON.stringify(project)}]`));
  while (!client.received().includes('43/v4,')) await once(client.socket, 'data');
  expect(server.subscribers.size).toBeGreaterThanOrEqual(before);
  return client;
}

/** A text frame of a client, masked with zeros. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error('too long for one byte');
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
