import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { NotificationHub, PushFrame, ServiceLifecycle } from '@service-center/registry';
import { ServiceCenterError, type Clock, type Logger, type Tenant } from '@service-center/sdcommon';
import { WebSocketServer, type WebSocket } from 'ws';

import { readRequestHeaders } from '../request/request-headers.ts';
import { isCleanPath, parseRequestTarget } from '../request/request-target.ts';
import { resolveTenant } from '../request/tenant-resolution.ts';
import { isRefusedUri } from '../request/uri-check.ts';
import { RouteMatcher } from '../routing/route-matcher.ts';
import type { ApiName } from '../routing/route-table.ts';
import type { Route } from '../routing/route.ts';
import { encodeTextFrame } from './text-frame.ts';
import { WatchConnection, type WatchTiming } from './watch-connection.ts';
import { isWebSocketHandshake } from './watch-handshake.ts';

/** What a {@link WatchGateway} works with. */
export interface WatchGatewayOptions {
  readonly hub: Pick<NotificationHub, 'subscribe'>;
  readonly services: Pick<ServiceLifecycle, 'isRegistered'>;
  /** All routes; `Watch` is served here when a handshake comes. */
  readonly routes: readonly Route<ApiName>[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: pings every 30 s, 120 s of silence, 5 s without progress in writing. */
  readonly timing?: WatchTiming;
}

interface WatchTarget {
  readonly tenant: Tenant;
  readonly serviceId: string;
}

const defaultTiming: WatchTiming = {
  pingIntervalMs: 30_000,
  readDeadlineMs: 120_000,
  writeTimeoutMs: 5000,
};

/** Clients have nothing to say but Ping and Pong (spec 04 §5.5). */
const maxInboundBytes = 64;
const tickMs = 500;

/** The websocket end of watching: accepts consumers, keeps their connections alive, and closes them. */
export class WatchGateway {
  readonly #options: WatchGatewayOptions;
  readonly #timing: WatchTiming;
  readonly #matcher: RouteMatcher<ApiName>;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxInboundBytes,
    autoPong: false,
    handleProtocols: () => false,
  });
  readonly #connections = new Set<WatchConnection>();
  readonly #frames = new WeakMap<PushFrame, Buffer>();
  #cancelTick: (() => void) | undefined;
  #isClosed = false;

  constructor(options: WatchGatewayOptions) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
    this.#matcher = new RouteMatcher(options.routes.filter((route) => route.api === 'Watch'));
  }

  /** How many consumers are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /** Whether a request asks for a watch in good form. Whatever does not is an ordinary request. */
  accepts(request: IncomingMessage): boolean {
    return !this.#isClosed && isWebSocketHandshake(request) && this.#target(request) !== undefined;
  }

  /** Turns an accepted request into a watch. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = this.#target(request);
    if (target === undefined || this.#isClosed) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#connect(webSocket, socket, target);
    });
  }

  /** Takes no more watches and asks every client to go (Close code 1001). */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.close('shutdown');
  }

  /** Cuts the connections that are left. */
  terminate(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #connect(webSocket: WebSocket, socket: Duplex, target: WatchTarget): void {
    const { hub, services, clock, logger } = this.#options;
    const connection = new WatchConnection({
      webSocket,
      socket,
      clock,
      timing: this.#timing,
      frameOf: (frame) => this.#frameOf(frame),
      isServiceRegistered: () => services.isRegistered(target.tenant, target.serviceId),
    });
    this.#connections.add(connection);
    webSocket.on('error', (error) => {
      logger.debug({ err: error, serviceId: target.serviceId }, 'watch broken');
    });
    webSocket.on('close', () => {
      this.#connections.delete(connection);
      connection.release();
      if (this.#connections.size === 0) this.#stopTicking();
    });
    this.#keepTicking();
    connection.start((subscriber) => hub.subscribe(target.tenant, target.serviceId, subscriber));
  }

  #target(request: IncomingMessage): WatchTarget | undefined {
    const { url = '' } = request;
    const parsed = parseRequestTarget(url);
    if (parsed === undefined || !isCleanPath(parsed.path) || isRefusedUri(url)) return undefined;
    const match = this.#matcher.match('GET', parsed.path);
    const serviceId = match?.params['serviceId'];
    if (match === undefined || serviceId === undefined) return undefined;
    try {
      const headers = readRequestHeaders(request.rawHeaders);
      const tenant = resolveTenant(match.route.form, headers, match.params['project']);
      return { tenant, serviceId };
    } catch (error) {
      // As an ordinary request it is answered with the error.
      if (ServiceCenterError.is(error)) return undefined;
      throw error;
    }
  }

  #frameOf(frame: PushFrame): Buffer {
    let bytes = this.#frames.get(frame);
    if (bytes === undefined) {
      bytes = encodeTextFrame(frame.payload);
      this.#frames.set(frame, bytes);
    }
    return bytes;
  }

  // One timer for all: 10,000 connections cost a walk of well under a millisecond, not 10,000 timers.
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
