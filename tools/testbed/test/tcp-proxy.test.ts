import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { ManualClock } from '@service-center/sdcommon/testing';
import { findFreePorts, TcpProxy } from '@service-center/testbed';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** One end of a connection, and what has come of it. */
class Peer {
  readonly socket: Socket;
  received = '';
  hasEnded = false;
  isClosed = false;
  errorCode: unknown;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.received += text;
    });
    socket.once('end', () => {
      this.hasEnded = true;
    });
    socket.once('error', (error) => {
      this.errorCode = Reflect.get(error, 'code');
    });
    socket.once('close', () => {
      this.isClosed = true;
    });
  }
}

const peers: Peer[] = [];
let port: number;
let server: Server;
let clock: ManualClock;
let proxy: TcpProxy;
beforeEach(async () => {
  [port = 0] = await findFreePorts(1);
  server = createServer({ allowHalfOpen: true });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  clock = new ManualClock();
  proxy = await TcpProxy.listen({ targetPort: port, clock });
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const peer of peers.splice(0)) peer.socket.destroy();
  if (server.listening) server.close();
});

function open(): Peer {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  const client = new Peer(socket);
  peers.push(client);
  return client;
}

/** A client and the server's end of its connection. */
async function join(): Promise<{ readonly client: Peer; readonly accepted: Peer }> {
  const connection: Promise<unknown[]> = once(server, 'connection');
  const client = open();
  const [socket] = await connection;
  // A value of that type, or the test is of no use.
  if (!isSocket(socket)) throw new Error('the server accepted no socket');
  const accepted = new Peer(socket);
  peers.push(accepted);
  return { client, accepted };
}

function isSocket(value: unknown): value is Socket {
  return typeof value === 'object' && value !== null && 'setNoDelay' in value;
}

describe('without a fault', () => {
  it('carries everything both ways, also after one side has ended', async () => {
    const { client, accepted } = await join();
    const much = 'x'.repeat(20_000_000);
    client.socket.end(much);
    await vi.waitFor(() => {
      expect(accepted.hasEnded).toBe(true);
    }, 5000);
    expect(accepted.received === much).toBe(true);
    accepted.socket.end('answer');
    await vi.waitFor(() => {
      expect(client.isClosed).toBe(true);
    });
    expect(client.received).toBe('answer');
    await vi.waitFor(() => {
      expect(proxy.connections).toBe(0);
    });
  });

  it('passes on a reset', async () => {
    const { client, accepted } = await join();
    accepted.socket.resetAndDestroy();
    await vi.waitFor(() => {
      expect(client.errorCode).toBe('ECONNRESET');
    });
    expect(proxy.connections).toBe(0);
  });

  it('resets a client whose server does not listen', async () => {
    server.close();
    await once(server, 'close');
    const client = open();
    await vi.waitFor(() => {
      expect(client.errorCode).toBe('ECONNRESET');
    });
  });
});

describe('cut', () => {
  it('resets connections and refuses new ones, until it resumes on the same port', async () => {
    const { client, accepted } = await join();
    await proxy.cut();
    await vi.waitFor(() => {
      expect([client.errorCode, accepted.errorCode]).toEqual(['ECONNRESET', 'ECONNRESET']);
    });
    const refused = open();
    await vi.waitFor(() => {
      expect(refused.errorCode).toBe('ECONNREFUSED');
    });
    await proxy.resume();
    const again = await join();
    again.client.socket.write('hello');
    await vi.waitFor(() => {
      expect(again.accepted.received).toBe('hello');
    });
  });
});

describe('half-open', () => {
  it('swallows both directions of old and new connections, and resets what has a hole', async () => {
    const old = await join();
    await proxy.halfOpen();
    const fresh = await join();
    old.client.socket.write('12345');
    old.accepted.socket.write('123');
    fresh.client.socket.write('12');
    await vi.waitFor(() => {
      expect(proxy.swallowedBytes).toBe(10);
    });
    expect([old.client.isClosed, fresh.client.isClosed]).toEqual([false, false]);
    await proxy.resume();
    await vi.waitFor(() => {
      expect([old.client.errorCode, fresh.client.errorCode]).toEqual(['ECONNRESET', 'ECONNRESET']);
    });
    expect([old.accepted.received, old.client.received, fresh.accepted.received]).toEqual([
      '',
      '',
      '',
    ]);
  });

  it('swallows one direction alone', async () => {
    const { client, accepted } = await join();
    await proxy.halfOpen('toServer');
    client.socket.write('lost');
    accepted.socket.write('kept');
    await vi.waitFor(() => {
      expect(client.received).toBe('kept');
      expect(proxy.swallowedBytes).toBe(4);
    });
    expect(accepted.received).toBe('');
  });

  it('hides that the server is gone', async () => {
    const { client, accepted } = await join();
    await proxy.halfOpen('toClient');
    accepted.socket.write('last words');
    await vi.waitFor(() => {
      expect(proxy.swallowedBytes).toBe(10);
    });
    accepted.socket.resetAndDestroy();
    client.socket.write('anybody there?');
    expect(proxy.connections).toBe(1);
    await proxy.resume();
    await vi.waitFor(() => {
      expect(client.errorCode).toBe('ECONNRESET');
    });
    expect(client.received).toBe('');
  });

  it('lets connections go on that have lost nothing', async () => {
    const { client, accepted } = await join();
    await proxy.halfOpen();
    await proxy.resume();
    client.socket.write('hello');
    await vi.waitFor(() => {
      expect(accepted.received).toBe('hello');
    });
  });
});

describe('delay', () => {
  it('lets bytes and the end arrive by the clock, each direction with its own delay', async () => {
    await proxy.delay({ toServerMs: 500, toClientMs: 200 });
    const { client, accepted } = await join();
    client.socket.end('request');
    accepted.socket.write('greeting');
    await vi.waitFor(() => {
      expect(proxy.underWayBytes).toBe('requestgreeting'.length);
    });
    await clock.advance(199);
    expect(proxy.underWayBytes).toBe('requestgreeting'.length);
    await clock.advance(1);
    expect(proxy.underWayBytes).toBe('request'.length);
    await clock.advance(299);
    expect(proxy.underWayBytes).toBe('request'.length);
    await clock.advance(1);
    expect(proxy.underWayBytes).toBe(0);
    await vi.waitFor(() => {
      expect([accepted.received, client.received]).toEqual(['request', 'greeting']);
      expect(accepted.hasEnded).toBe(true);
    });
  });

  it('lets nothing overtake when it is taken back', async () => {
    const { client, accepted } = await join();
    await proxy.delay({ toServerMs: 100 });
    client.socket.write('first ');
    await vi.waitFor(() => {
      expect(proxy.underWayBytes).toBe(6);
    });
    await proxy.resume();
    client.socket.write('second');
    await vi.waitFor(() => {
      expect(proxy.underWayBytes).toBe(12);
    });
    await clock.advance(100);
    await vi.waitFor(() => {
      expect(accepted.received).toBe('first second');
    });
  });

  it('leaves no timer behind', async () => {
    const { client } = await join();
    await proxy.delay({ toServerMs: 100 });
    client.socket.write('never arrives');
    await vi.waitFor(() => {
      expect(clock.pendingTimers).toBe(1);
    });
    await proxy[Symbol.asyncDispose]();
    await vi.waitFor(() => {
      expect(clock.pendingTimers).toBe(0);
    });
    expect(proxy.connections).toBe(0);
  });
});
