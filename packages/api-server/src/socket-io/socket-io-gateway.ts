import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

import type { EventStreams, StreamFrame } from '@service-center/registry';
import type { Clock, Logger } from '@service-center/sdcommon';
import { Server as Engine, type Socket as EngineSocket } from 'engine.io';
import { Server } from 'socket.io';

import { FrameCache } from '../event-stream/frame-cache.ts';
import { isOriginAllowed } from '../pipeline/cors.ts';
import { toServiceCenterError } from '../reply/failure-reply.ts';
import { remoteEndpoint } from '../request/remote-endpoint.ts';
import { parseRequestTarget } from '../request/request-target.ts';
import { isRefusedUri } from '../request/uri-check.ts';
import { isWebSocketHandshake } from '../websocket/websocket-handshake.ts';
import { EnginePacketEncoder, type EnginePacket } from './engine-packet.ts';
import { EngineWebSocketServer } from './engine-websocket-server.ts';
import { readHandshakeTenant } from './handshake-tenant.ts';
import type { RegistryNamespace, RegistrySocket, RegistrySocketServer } from './registry-socket.ts';
import { SocketConnection } from './socket-connection.ts';
import { streamErrorOf } from './stream-error.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a {@link SocketIoGateway} works with. */
export interface SocketIoGatewayOptions {
  readonly streams: Pick<EventStreams, 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The value of the `Server` header. */
  readonly serverName: string;
  /** How clients may come. Default: both ways. */
  readonly transports?: readonly ('polling' | 'websocket')[];
}

const path = '/socket.io/';
const namespaceName = '/v4';
/** 100 topics with the longest names there are fit three times over. */
const maxMessageBytes = 65_536;
/** A client that does not come to the namespace for so long has to go, milliseconds. */
const connectTimeoutMs = 30_000;
const pingIntervalMs = 25_000;
const pingTimeoutMs = 20_000;
const tickMs = 1000;
/**
 * How many packets a client may send: one acknowledgement for each message it was sent, and a few for its handshake, an
 * upgrade, Pongs and subscriptions.
 */
const inboundPackets = { initial: 100, perSecond: 20, capacity: 10_000 } as const;

/** A refusal in the form in which socket.io passes it on. */
class ConnectRefusal extends Error {
  override readonly name = 'ConnectRefusal';
  readonly data: unknown;

  constructor(message: string, data: unknown) {
    super(message);
    this.data = data;
  }
}

/**
 * The socket.io end of the API: the namespace `/v4` at `/socket.io/`, over long polling and websockets. It has no
 * listener of its own; the server hands over the requests that {@link SocketIoGateway.serves} and the upgrades that
 * {@link SocketIoGateway.accepts} picks.
 */
export class SocketIoGateway {
  readonly #options: SocketIoGatewayOptions;
  readonly #engine: Engine;
  readonly #io: RegistrySocketServer;
  /** What each client may still send, whether it has come to the namespace or not. */
  readonly #inbound = new Map<EngineSocket, TokenBucket>();
  readonly #connections = new Set<SocketConnection>();
  readonly #upgraded = new Set<Duplex>();
  readonly #packets: FrameCache<EnginePacket>;
  readonly #encode = (frame: StreamFrame): EnginePacket => this.#packets.of(frame);
  #cancelTick: (() => void) | undefined;
  #isClosed = false;

  constructor(options: SocketIoGatewayOptions) {
    this.#options = options;
    const encoder = new EnginePacketEncoder(namespaceName);
    this.#packets = new FrameCache((frame) => encoder.encode(frame));
    this.#engine = new Engine({
      transports: [...(options.transports ?? ['polling', 'websocket'])],
      wsEngine: EngineWebSocketServer,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: maxMessageBytes,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      allowRequest: (_request, decide) => {
        decide(this.#isClosed ? 'the server is shut down' : undefined, !this.#isClosed);
      },
    });
    this.#engine.on('connection', (engineSocket: EngineSocket) => {
      this.#limit(engineSocket);
    });
    this.#io = new Server({ serveClient: false, connectTimeout: connectTimeoutMs });
    this.#io.bind(this.#engine);
    // The default namespace is always there; nothing is in it.
    this.#io.use((_socket, next) => {
      next(new ConnectRefusal(`the only namespace is ${namespaceName}`, undefined));
    });
    this.#serve(this.#io.of(namespaceName));
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Whether a request is one of socket.io's. */
  serves(request: IncomingMessage): boolean {
    const { method, url = '' } = request;
    if (!url.startsWith(path) || (method !== 'GET' && method !== 'POST')) return false;
    return parseRequestTarget(url)?.path === path && !isRefusedUri(url);
  }

  /** Whether a request asks for a websocket of socket.io in good form. */
  accepts(request: IncomingMessage): boolean {
    return !this.#isClosed && this.serves(request) && isWebSocketHandshake(request);
  }

  /** Answers a request that {@link SocketIoGateway.serves}. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const { origin = '' } = request.headers;
    response.setHeader('Server', this.#options.serverName);
    response.setHeader('Vary', 'Origin');
    if (isOriginAllowed(request.method ?? '', origin)) {
      response.setHeader('Access-Control-Allow-Origin', '*');
    }
    this.#engine.handleRequest(request, response);
  }

  /** Turns a request that {@link SocketIoGateway.accepts} into a websocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgraded.add(socket);
    socket.once('close', () => {
      this.#upgraded.delete(socket);
    });
    this.#engine.handleUpgrade(request, socket, head);
  }

  /** Takes no more clients, and tells those that are there to go elsewhere. */
  close(): void {
    this.#isClosed = true;
    const nameless = new Set(this.#inbound.keys());
    for (const connection of this.#connections) {
      nameless.delete(connection.engineSocket);
      connection.leave('shutdown');
    }
    for (const engineSocket of nameless) engineSocket.close(true);
  }

  /** Cuts the connections that are left. */
  terminate(): void {
    for (const engineSocket of this.#inbound.keys()) engineSocket.close(true);
    for (const socket of this.#upgraded) socket.destroy();
  }

  /** Waits until nothing is left. */
  async settled(): Promise<void> {
    await this.#io.close();
    this.#stopTicking();
  }

  #serve(namespace: RegistryNamespace): void {
    namespace.use((socket, next) => {
      try {
        socket.data.tenant = readHandshakeTenant(socket.handshake.auth);
      } catch (failure) {
        const error = toServiceCenterError(failure);
        next(new ConnectRefusal(error.message, streamErrorOf(error)));
        return;
      }
      next();
    });
    namespace.on('connection', (socket) => {
      this.#connect(socket);
    });
  }

  #limit(engineSocket: EngineSocket): void {
    const { clock, logger } = this.#options;
    const inbound = new TokenBucket({ clock, ...inboundPackets });
    this.#inbound.set(engineSocket, inbound);
    engineSocket.on('packet', () => {
      if (inbound.take()) return;
      logger.debug({ remote: engineSocket.remoteAddress }, 'a client of socket.io sends too much');
      engineSocket.close(true);
    });
    engineSocket.on('close', () => {
      this.#inbound.delete(engineSocket);
    });
  }

  #connect(socket: RegistrySocket): void {
    const { streams, clock, logger } = this.#options;
    const inbound = this.#inbound.get(socket.conn);
    if (inbound === undefined) return;
    const connection = new SocketConnection({
      socket,
      remote: remoteEndpoint(socket.request.socket),
      streams,
      clock,
      logger,
      encode: this.#encode,
      inbound,
    });
    this.#connections.add(connection);
    socket.on('disconnect', () => {
      this.#connections.delete(connection);
      connection.release();
      if (this.#connections.size === 0) this.#stopTicking();
    });
    connection.start();
    this.#keepTicking();
    if (this.#isClosed) connection.leave('shutdown');
  }

  // One timer for all: a walk over 10,000 connections takes well under a millisecond.
  #keepTicking(): void {
    this.#cancelTick ??= this.#options.clock.schedule(tickMs, () => {
      this.#cancelTick = undefined;
      const nowMs = this.#options.clock.monotonicMs();
      for (const connection of this.#connections) connection.tick(nowMs);
      if (this.#connections.size > 0) this.#keepTicking();
    });
  }

  #stopTicking(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
  }
}
