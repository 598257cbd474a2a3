import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';

import { status, type Metadata } from '@grpc/grpc-js';
import type { Clock } from '@service-center/sdcommon';

import { KeepAliveDecoder, type KeepAliveAnswer } from '../codec/keep-alive-decoder.ts';
import { encodeKeepAliveRequests } from '../codec/keep-alive-request.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { ChannelSecurity } from './channel-security.ts';
import type { RpcStream, StreamHandlers } from './rpc-stream.ts';

/** What a {@link KeepAliveCall} is made of. */
export interface KeepAliveCallOptions {
  /** `host:port`. */
  readonly target: string;
  readonly security: ChannelSecurity;
  readonly metadata: Metadata;
  readonly handlers: StreamHandlers<KeepAliveAnswer>;
  readonly clock: Clock;
}

const path = '/etcdserverpb.Lease/LeaseKeepAlive';
/** Of answers on their way: some ten thousand. */
const flowControlWindowBytes = 1024 * 1024;
/** etcd closes connections that are pinged more often than every 5 s. */
const pingIntervalMs = 10_000;
const pingTimeoutMs = 5000;

/**
 * The call that renews leases, over a connection of its own; requests are ids of leases.
 *
 * gRPC is a stream of HTTP/2 that carries messages behind their lengths, so many requests can go in one write, and many
 * answers be read from one chunk. A gRPC library writes, frames and reads each by itself, which takes longer than all
 * the rest that a renewal needs (design §3.5).
 */
export class KeepAliveCall implements RpcStream<bigint> {
  readonly #target: string;
  readonly #handlers: StreamHandlers<KeepAliveAnswer>;
  readonly #clock: Clock;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #decoder: KeepAliveDecoder;
  /** What is not sent yet: the requests of this turn of the event loop, and those that the connection cannot take. */
  #unsent: bigint[] = [];
  #turn: NodeJS.Immediate | undefined;
  #isFull = false;
  #isOver = false;
  #cancelPing: (() => void) | undefined;

  /** Connects, and begins the call; what is written before is sent then. */
  constructor({ target, security, metadata, handlers, clock }: KeepAliveCallOptions) {
    this.#target = target;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#decoder = new KeepAliveDecoder((answer) => {
      // A handler may have closed the call with the answer before.
      if (!this.#isOver) handlers.onResponse(answer);
    });
    const { tls } = security;
    this.#session = connect(`${tls === undefined ? 'http' : 'https'}://${target}`, {
      ...tls,
      settings: { enablePush: false, initialWindowSize: flowControlWindowBytes },
    });
    this.#listenToSession();
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata.toHttp2Headers(),
    });
    this.#listenToStream();
    this.#schedulePing();
  }

  write(id: bigint): void {
    if (this.#isOver) return;
    this.#unsent.push(id);
    if (this.#isFull) return;
    // Not a microtask: each connection that is read within a turn has its own.
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#send();
    });
  }

  close(): void {
    this.#isOver = true;
    this.#unsent = [];
    clearImmediate(this.#turn);
    this.#cancelPing?.();
    this.#session.destroy();
  }

  #send(): void {
    const ids = this.#unsent;
    this.#unsent = [];
    this.#isFull = !this.#stream.write(encodeKeepAliveRequests(ids));
  }

  #listenToSession(): void {
    this.#session.on('connect', () => {
      if (!this.#isOver) this.#session.setLocalWindowSize(flowControlWindowBytes);
    });
    this.#session.on('goaway', () => {
      this.#fail('the server is going away');
    });
    this.#session.on('error', (error) => {
      this.#fail(error.message, error);
    });
    this.#session.on('close', () => {
      this.#fail('the connection is closed');
    });
  }

  #listenToStream(): void {
    this.#stream.on('response', (headers) => {
      // A call that is refused at once has its outcome here.
      this.#endWith(headers);
      const httpStatus = headers[':status'];
      if (httpStatus !== 200) this.#fail(`HTTP status ${httpStatus ?? 'missing'}`);
    });
    this.#stream.on('data', (chunk: Buffer) => {
      this.#read(chunk);
    });
    this.#stream.on('drain', () => {
      this.#isFull = false;
      if (this.#unsent.length > 0) this.#send();
    });
    this.#stream.on('trailers', (trailers) => {
      this.#endWith(trailers);
    });
    this.#stream.on('error', (error) => {
      this.#fail(error.message, error);
    });
    this.#stream.on('close', () => {
      this.#fail(`the server ended ${path}`);
    });
  }

  #read(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#decoder.read(chunk);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#fail(error.message, error);
    }
  }

  /** Ends the call when headers have its outcome. */
  #endWith(headers: IncomingHttpHeaders): void {
    const text = headers['grpc-status'];
    if (text === undefined) return;
    if (text === '0') {
      this.#fail(`the server ended ${path}`);
      return;
    }
    const code = Number(text);
    const message = `${code} ${status[code] ?? ''}: ${decodeMessage(headers['grpc-message'])}`;
    this.#end(RpcError.from(this.#target, Object.assign(new Error(message), { code })));
  }

  #fail(message: string, cause?: Error): void {
    const options = cause === undefined ? {} : { cause };
    this.#end(new RpcError('unavailable', `etcd ${this.#target}: ${message}`, options));
  }

  #end(error: RpcError): void {
    if (this.#isOver) return;
    this.close();
    this.#handlers.onEnd(error);
  }

  /** A peer that vanished without a word shows by not answering, and so does one that cannot be connected to. */
  #schedulePing(): void {
    this.#cancelPing = this.#clock.schedule(pingIntervalMs, () => {
      this.#cancelPing = this.#clock.schedule(pingTimeoutMs, () => {
        this.#fail(`no answer to a ping within ${pingTimeoutMs} ms`);
      });
      // Of a connection that has just ended this is told a moment later, and until then a ping throws.
      if (this.#session.destroyed) return;
      this.#session.ping((error) => {
        if (this.#isOver || error !== null) return;
        this.#cancelPing?.();
        this.#schedulePing();
      });
    });
  }
}

/** The text of a `grpc-message`, which is percent-encoded. */
function decodeMessage(header: string | readonly string[] | undefined): string {
  const text = String(header ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    // Whoever wrote it did not encode it; it is for people to read, so better as it is than not at all.
    return text;
  }
}
