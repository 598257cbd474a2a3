import { once } from 'node:events';
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

import { credentials, Metadata } from '@grpc/grpc-js';
import { ManualClock } from '@service-center/sdcommon/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { KeepAliveAnswer } from '../codec/keep-alive-decoder.ts';
import { encodeKeepAliveRequests } from '../codec/keep-alive-request.ts';
import type { RpcError } from '../rpc/rpc-error.ts';
import { KeepAliveCall } from './keep-alive-call.ts';

const accepted = { ':status': 200, 'content-type': 'application/grpc' } as const;

/** A server whose side of the call is the test, and the call. */
class Rig {
  readonly clock = new ManualClock();
  readonly answers: KeepAliveAnswer[] = [];
  readonly errors: RpcError[] = [];
  readonly received: Buffer[] = [];
  readonly sessions: ServerHttp2Session[] = [];
  headers: IncomingHttpHeaders = {};
  pings = 0;
  stream: ServerHttp2Stream | undefined;
  readonly #server: Http2Server = createServer();
  #target = '';

  constructor() {
    this.#server.on('session', (session) => {
      this.sessions.push(session);
      session.on('ping', () => {
        this.pings++;
      });
      session.on('stream', (stream, headers) => {
        this.stream = stream;
        this.headers = headers;
        stream.on('error', () => {
          // Whoever breaks the call does so for the server as well.
        });
        stream.on('data', (chunk: Buffer) => {
          this.received.push(chunk);
        });
      });
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('not listening');
    this.#target = `127.0.0.1:${address.port}`;
  }

  open(): KeepAliveCall {
    const metadata = new Metadata();
    metadata.set('hasleader', 'true');
    metadata.set('token', 'of-the-user');
    return new KeepAliveCall({
      target: this.#target,
      security: {
        serverName: undefined,
        credentials: credentials.createInsecure(),
        tls: undefined,
      },
      metadata,
      handlers: {
        onResponse: (answer) => this.answers.push(answer),
        onEnd: (error) => this.errors.push(error),
      },
      clock: this.clock,
    });
  }

  /** The server's side, when the call has come. */
  async begun(): Promise<ServerHttp2Stream> {
    await expect.poll(() => this.stream).toBeDefined();
    if (this.stream === undefined) throw new Error('no call came');
    return this.stream;
  }

  async ended(): Promise<RpcError | undefined> {
    await expect.poll(() => this.errors.length).toBe(1);
    return this.errors[0];
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

let rig: Rig;

beforeEach(async () => {
  rig = new Rig();
  await rig.listen();
});

afterEach(async () => {
  await rig.close();
});

it('says what it calls, for whom, and sends the requests of a turn at once', async () => {
  const call = rig.open();
  const ids = [1n, 7_587_862_094_783_412_345n, -1n];
  for (const id of ids) call.write(id);
  await rig.begun();
  await expect.poll(() => rig.received).toEqual([encodeKeepAliveRequests(ids)]);
  call.close();

  expect(rig.headers).toMatchObject({
    ':path': '/etcdserverpb.Lease/LeaseKeepAlive',
    'content-type': 'application/grpc',
    te: 'trailers',
    hasleader: 'true',
    token: 'of-the-user',
  });
});

it('sends all of what is more than the connection takes', async () => {
  const call = rig.open();
  const ids = Array.from({ length: 50_000 }, (_, index) => BigInt(index) << 40n);
  const stream = await rig.begun();
  stream.pause();
  for (const [index, id] of ids.entries()) {
    call.write(id);
    if (index % 10_000 === 0) await new Promise(setImmediate);
  }
  stream.resume();
  const expected = encodeKeepAliveRequests(ids);
  const receivedBytes = (): number => rig.received.reduce((sum, { length }) => sum + length, 0);
  await expect.poll(receivedBytes).toBe(expected.length);
  call.close();

  expect(Buffer.concat(rig.received).equals(expected)).toBe(true);
});

it('tells the answers, and none after it is closed', async () => {
  const call = rig.open();
  const stream = await rig.begun();
  stream.respond(accepted);
  stream.write(Buffer.from([0, 0, 0, 0, 4, 0x10, 5, 0x18, 30, 0, 0, 0, 0, 2, 0x10]));
  stream.write(Buffer.from([6]));
  await expect.poll(() => rig.answers).toHaveLength(2);
  call.close();
  await expect.poll(() => stream.destroyed).toBe(true);

  expect(rig.answers).toEqual([
    { id: 5n, ttlSeconds: 30 },
    { id: 6n, ttlSeconds: 0 },
  ]);
  expect(rig.errors).toEqual([]);
  expect(rig.clock.pendingTimers).toBe(0);
});

it('ends with the status that the server ends it with', async () => {
  rig.open();
  const stream = await rig.begun();
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': '14', 'grpc-message': 'etcdserver: no%20leader' });
  });
  stream.respond(accepted, { waitForTrailers: true });
  stream.end();

  const error = await rig.ended();
  expect(error?.failure).toBe('unavailable');
  expect(error?.message).toContain('14 UNAVAILABLE: etcdserver: no leader');
  expect(rig.clock.pendingTimers).toBe(0);
});

it('ends with the status that the server refuses it with', async () => {
  rig.open();
  const stream = await rig.begun();
  const refusal = { 'grpc-status': '16', 'grpc-message': '100% no' };
  stream.respond({ ...accepted, ...refusal }, { endStream: true });

  const error = await rig.ended();
  expect(error?.failure).toBe('unauthenticated');
  expect(error?.message).toContain('16 UNAUTHENTICATED: 100% no');
});

it.each<[string, (stream: ServerHttp2Stream) => void]>([
  ['answers with another status of HTTP', (stream) => stream.respond({ ':status': 503 })],
  ['is going away', (stream) => stream.session?.goaway()],
  ['breaks the connection', (stream) => stream.session?.destroy()],
  ['resets the stream', (stream) => stream.close(2)],
  [
    'sends what is no answer',
    (stream) => {
      stream.respond(accepted);
      stream.write(Buffer.from([1, 0, 0, 0, 0]));
    },
  ],
])('ends with an error of the endpoint when the server %s', async (_, breakCall) => {
  rig.open();
  breakCall(await rig.begun());

  expect(await rig.ended()).toMatchObject({ failure: 'unavailable', isOfEndpoint: true });
  expect(rig.clock.pendingTimers).toBe(0);
});

it('ends when there is nobody to connect to', async () => {
  const unreachable = new Rig();
  await unreachable.listen();
  await unreachable.close();
  unreachable.open();

  expect(await unreachable.ended()).toMatchObject({ failure: 'unavailable' });
});

it('pings, goes on when that is answered, and ends when it is not', async () => {
  rig.open();
  const stream = await rig.begun();
  await rig.clock.advance(10_000);
  await expect.poll(() => rig.pings).toBe(1);
  // What the server sends after its answer to the ping comes after it.
  stream.respond(accepted);
  stream.write(Buffer.from([0, 0, 0, 0, 2, 0x10, 5]));
  await expect.poll(() => rig.answers).toHaveLength(1);
  await rig.clock.advance(5000);
  expect(rig.errors).toEqual([]);

  // No answer gets through within one step of time.
  await rig.clock.advance(10_000);
  expect(await rig.ended()).toMatchObject({ failure: 'unavailable' });
  expect(rig.clock.pendingTimers).toBe(0);
});
