import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { EventStreams } from '@service-center/registry';
import type { Clock, Logger } from '@service-center/sdcommon';
import { Server as Engine, type Socket as EngineSocket } from 'engine.io';
import { Server } from 'socket.io';

import { FrameCache } from '../event-stream/frame-cache.ts';
import { sharedListener } from '../event-stream/shared-listener.ts';
import { isOriginAllowed } from '../pipeline/cors.ts';
import { ConnectionTicker } from '../pipeline/connection-ticker.ts';
import { toServiceCenterError } from '../reply/failure-reply.ts';
import { remoteEndpoint } from '../request/remote-endpoint.ts';
import { parseRequestTarget } from '../request/request-target.ts';
import { isRefusedUri } from '../request/uri-check.ts';
import { isWebSocketHandshake } from '../websocket/websocket-handshake.ts';
import { EnginePacketEncoder, type EnginePacket } from './engine-packet.ts';
import { EngineWebSocketServer } from './engine-websocket-server.ts';
import { readHandshakeTenant } from './handshake-tenant.ts';
import type { RegistryNamespace, RegistrySocket, RegistrySocketServer } from './registry-socket.ts';
import { SocketConnection, type SocketSurroundings } from './socket-connection.ts';
import { streamErrorOf } from './stream-error.ts';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

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

/** A stream may begin with a snapshot of everything, so beginning one over and over would keep the server busy. */
const subscribeRate = { perSecond: 2, capacity: 5 } as const;

/** A client, from before it comes to the namespace. */
interface SocketIoClient {
  /** Address and port. */
  readonly remote: string;
  /** What the client may still send. */
  readonly inbound: TokenBucket;
  /** There while the client is in the namespace. */
  connection: SocketConnection | undefined;
}

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
  /** Every client, whether it has come to the namespace or not. */
  readonly #clients = new Map<EngineSocket, SocketIoClient>();
  /** Those in the namespace. */
  readonly #connections = new Map<RegistrySocket, SocketConnection>();
  readonly #upgraded = new Set<Duplex>();
  readonly #inboundPackets: TokenBucketOptions;
  readonly #surroundings: SocketSurroundings;
  readonly #onUpgradedClosed = sharedListener((socket: Duplex) => {
    this.#upgraded.delete(socket);
  });
  readonly #onPacket = sharedListener((engineSocket: EngineSocket) => {
    if (this.#clients.get(engineSocket)?.inbound.take() !== false) return;
    const remote = engineSocket.remoteAddress;
    this.#options.logger.debug({ remote }, 'a client of socket.io sends too much');
    engineSocket.close(true);
  });
  readonly #onClosed = sharedListener((engineSocket: EngineSocket) => {
    this.#clients.delete(engineSocket);
  });
  // What a client sends is of any shape, whatever the types of its events say.
  readonly #onEvent = sharedListener(
    (socket: RegistrySocket, event: string, ...args: unknown[]) => {
      this.#connections.get(socket)?.take(event, args);
    },
  );
  readonly #onDisconnected = sharedListener((socket: RegistrySocket) => {
    this.#disconnect(socket);
  });
  readonly #ticker: ConnectionTicker;
  #isClosed = false;

  constructor(options: SocketIoGatewayOptions) {
    const { streams, clock, logger } = options;
    this.#options = options;
    this.#ticker = new ConnectionTicker({
      clock: options.clock,
      intervalMs: tickMs,
      connections: () => this.#connections.values(),
    });
    this.#inboundPackets = { clock, ...inboundPackets };
    const encoder = new EnginePacketEncoder(namespaceName);
    const packets = new FrameCache<EnginePacket>((frame) => encoder.encode(frame));
    this.#surroundings = {
      streams,
      clock,
      logger,
      encode: (frame) => packets.of(frame),
      subscribeRate: { clock, ...subscribeRate },
    };
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
    this.#engine.use(releaseUpgradeRequest);
    this.#engine.on('connection', (engineSocket: EngineSocket) => {
      this.#welcome(engineSocket);
    });
    this.#engine.on('drain', (engineSocket: EngineSocket) => {
      this.#clients.get(engineSocket)?.connection?.drained();
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
    socket.on('close', this.#onUpgradedClosed);
    this.#engine.handleUpgrade(request, socket, head);
  }

  /** Takes no more clients, and tells those that are there to go elsewhere. */
  close(): void {
    this.#isClosed = true;
    const nameless = new Set(this.#clients.keys());
    for (const connection of this.#connections.values()) {
      nameless.delete(connection.engineSocket);
      connection.leave('shutdown');
    }
    for (const engineSocket of nameless) engineSocket.close(true);
  }

  /** Cuts the connections that are left. */
  terminate(): void {
    for (const engineSocket of this.#clients.keys()) engineSocket.close(true);
    for (const socket of this.#upgraded) socket.destroy();
  }

  /** Waits until nothing is left. */
  async settled(): Promise<void> {
    await this.#io.close();
    this.#ticker.stop();
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

  #welcome(engineSocket: EngineSocket): void {
    const inbound = new TokenBucket(this.#inboundPackets);
    const remote = remoteEndpoint(engineSocket.request.socket);
    this.#clients.set(engineSocket, { remote, inbound, connection: undefined });
    // The request with all its headers would take a sixth of the memory of a client that does nothing.
    Reflect.set(engineSocket, 'request', null);
    engineSocket.on('packet', this.#onPacket);
    engineSocket.on('close', this.#onClosed);
  }

  #connect(socket: RegistrySocket): void {
    const client = this.#clients.get(socket.conn);
    if (client === undefined) return;
    // Nothing is sent to rooms, but each socket is put into one of its own.
    socket.nsp.adapter.delAll(socket.id);
    const { remote, inbound } = client;
    const connection = new SocketConnection({
      socket,
      remote,
      inbound,
      surroundings: this.#surroundings,
    });
    client.connection = connection;
    this.#connections.set(socket, connection);
    socket.onAny(this.#onEvent);
    socket.on('disconnect', this.#onDisconnected);
    this.#ticker.start();
    if (this.#isClosed) connection.leave('shutdown');
  }

  #disconnect(socket: RegistrySocket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    const client = this.#clients.get(socket.conn);
    if (client !== undefined) client.connection = undefined;
    this.#connections.delete(socket);
    connection.release();
    if (this.#connections.size === 0) this.#ticker.stop();
  }
}

/**
 * What `engine.io` gives to its middlewares as the answer of an upgrade lives as long as the connection, and would keep
 * the request for as long. The answer to a poll ends with it.
 */
function releaseUpgradeRequest(
  _request: IncomingMessage,
  response: object,
  next: () => void,
): void {
  if (!(response instanceof ServerResponse)) Reflect.set(response, 'req', undefined);
  next();
}
