import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type {
  InstanceLifecycle,
  NotificationHub,
  ServiceLifecycle,
} from '@service-center/registry';
import type { Clock, Logger } from '@service-center/sdcommon';
import { WebSocketServer, type WebSocket } from 'ws';

import { ConnectionTicker } from '../pipeline/connection-ticker.ts';
import { remoteEndpoint } from '../request/remote-endpoint.ts';
import type { ApiName } from '../routing/route-table.ts';
import type { Route } from '../routing/route.ts';
import type { GatewayConnection } from './gateway-connection.ts';
import { HeartbeatConnection } from './heartbeat-connection.ts';
import { TextFrames } from './text-frames.ts';
import { WatchConnection } from './watch-connection.ts';
import { isWebSocketHandshake } from './websocket-handshake.ts';
import { WebSocketTargets, type WebSocketTarget } from './websocket-target.ts';

/** What a {@link WebSocketGateway} works with. */
export interface WebSocketGatewayOptions {
  readonly hub: Pick<NotificationHub, 'count' | 'listAndSubscribe' | 'subscribe'>;
  readonly services: Pick<ServiceLifecycle, 'isRegistered'>;
  readonly instances: Pick<InstanceLifecycle, 'heartbeat' | 'isRegistered'>;
  /** All routes; those of websockets are served here when a handshake comes. */
  readonly routes: readonly Route<ApiName>[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often a heartbeat is asked for, milliseconds. */
  readonly heartbeatPingIntervalMs: number;
}

/** Clients have nothing to say but Ping and Pong (spec 04 §5.5). */
const maxInboundBytes = 64;
const tickMs = 500;

/** The websocket end of the API: accepts clients, keeps their connections alive, and closes them (spec 04 §5). */
export class WebSocketGateway {
  readonly #options: WebSocketGatewayOptions;
  readonly #targets: WebSocketTargets;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxInboundBytes,
    autoPong: false,
    handleProtocols: () => false,
  });
  readonly #connections = new Set<GatewayConnection>();
  readonly #renewals = new Set<Promise<void>>();
  readonly #frames = new TextFrames();
  readonly #ticker: ConnectionTicker;
  #isClosed = false;

  constructor(options: WebSocketGatewayOptions) {
    this.#options = options;
    this.#ticker = new ConnectionTicker({
      clock: options.clock,
      intervalMs: tickMs,
      connections: () => this.#connections,
    });
    this.#targets = new WebSocketTargets(options.routes);
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Whether a request asks for a websocket in good form. Whatever does not is an ordinary request. */
  accepts(request: IncomingMessage): boolean {
    const isOpen = !this.#isClosed && isWebSocketHandshake(request);
    return isOpen && this.#targets.of(request) !== undefined;
  }

  /** Turns an accepted request into a websocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#targets.of(request);
    if (target === undefined || this.#isClosed) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#connect(webSocket, request, target);
    });
  }

  /** Takes no more clients and asks those that are there to go (Close code 1001). */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.leave();
  }

  /** Cuts the connections that are left. */
  terminate(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  /** Waits for the heartbeats that are under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#renewals);
  }

  #connect(webSocket: WebSocket, request: IncomingMessage, target: WebSocketTarget): void {
    const connection = this.#open(webSocket, request.socket, target);
    this.#connections.add(connection);
    webSocket.on('error', (error) => {
      this.#options.logger.debug({ err: error, target }, 'websocket broken');
    });
    webSocket.on('close', () => {
      this.#connections.delete(connection);
      connection.release();
      if (this.#connections.size === 0) this.#ticker.stop();
    });
    this.#ticker.start();
    connection.start();
  }

  #open(webSocket: WebSocket, socket: Socket, target: WebSocketTarget): GatewayConnection {
    const { hub, services, instances, clock, logger, heartbeatPingIntervalMs } = this.#options;
    if (target.kind === 'heartbeat') {
      return new HeartbeatConnection({
        webSocket,
        instance: target.instance,
        instances,
        hub,
        clock,
        logger,
        pingIntervalMs: heartbeatPingIntervalMs,
        onRenewal: (renewal) => {
          this.#follow(renewal);
        },
      });
    }
    const { tenant, serviceId } = target.consumer;
    return new WatchConnection({
      webSocket,
      socket,
      description: { channel: 'websocket', remote: remoteEndpoint(socket), consumerId: serviceId },
      clock,
      frames: this.#frames,
      isServiceRegistered: () => services.isRegistered(tenant, serviceId),
      subscribe: (subscriber) =>
        target.isListed
          ? hub.listAndSubscribe(tenant, serviceId, subscriber)
          : hub.subscribe(tenant, serviceId, subscriber),
    });
  }

  #follow(renewal: Promise<void>): void {
    this.#renewals.add(renewal);
    const forget = (): void => {
      this.#renewals.delete(renewal);
    };
    renewal.then(forget, forget);
  }
}
