import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Registry } from '@service-center/registry';
import type { Clock, Logger, MetricRegistry, MetricSnapshot } from '@service-center/sdcommon';
import type { Express } from 'express';

import { defaultApiServerConfig, type ApiServerConfig } from './api-server-config.ts';
import { SseGateway } from './event-stream/sse-gateway.ts';
import { createHandlers } from './handlers/create-handlers.ts';
import { MetricsPage } from './observability/metrics-page.ts';
import { measureProcess } from './observability/process-metrics.ts';
import { RequestMetrics } from './observability/request-metrics.ts';
import { Admission } from './pipeline/admission.ts';
import { Dispatcher } from './pipeline/dispatcher.ts';
import { createExpressApp } from './pipeline/express-app.ts';
import { RequestChain, type AnswerHooks } from './pipeline/request-chain.ts';
import { ReplyWriter } from './reply/reply-writer.ts';
import { servedRoutes } from './routing/served-routes.ts';
import type { ServerVersion } from './server-version.ts';
import { SocketIoGateway } from './socket-io/socket-io-gateway.ts';
import { WebSocketGateway } from './websocket/websocket-gateway.ts';

/** What an {@link ApiServer} works with. */
export interface ApiServerOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
  /** What `/metrics` shows, where this process is only a part of the server. Default: what `metrics` holds. */
  readonly collectMetrics?: () => Promise<readonly MetricSnapshot[]>;
  readonly version: ServerVersion;
  /** What differs from {@link defaultApiServerConfig}. */
  readonly config?: Partial<ApiServerConfig>;
  readonly hooks?: AnswerHooks;
}

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** How to stop. */
export interface CloseOptions {
  /** How long requests under way may take, milliseconds. Default 3000 (spec 01 §1.9). */
  readonly graceMs?: number;
}

const defaultGraceMs = 3000;
/**
 * How many connections may wait to be accepted. After the restart of a server 10,000 clients come at once; the usual 511
 * would make most of them try again seconds later. The system lowers it to what it allows (`net.core.somaxconn`).
 */
const listenBacklog = 16_384;

/** How often it is said that connections cannot be accepted, milliseconds. */
const acceptWarningMs = 10_000;

/**
 * The HTTP and websocket server of the registry: the hot routes through a small dispatcher, every route through
 * Express, watches and heartbeats through websockets, all with one pipeline and one set of handlers (design §3.5); event
 * streams through that pipeline as well, or over socket.io beside it.
 */
export class ApiServer implements AsyncDisposable {
  /** The Express application: serves every route, also without this server around it. */
  readonly app: Express;
  readonly #options: ApiServerOptions;
  readonly #config: ApiServerConfig;
  readonly #server: Server;
  readonly #dispatcher: Dispatcher;
  readonly #chain: RequestChain;
  readonly #webSockets: WebSocketGateway;
  readonly #sse: SseGateway;
  readonly #socketIo: SocketIoGateway;
  readonly #requestMetrics: RequestMetrics;
  readonly #shutdown = new AbortController();
  readonly #stopMeasuring: () => void;
  #cancelRates: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #acceptWarnedMs: number | undefined;

  constructor(options: ApiServerOptions) {
    const { registry, clock, logger, metrics, version } = options;
    const config = { ...defaultApiServerConfig, ...options.config };
    this.#options = options;
    this.#config = config;
    const serverName = `SERVICECENTER/${version.version}`;
    const routes = servedRoutes({ hasRules: registry.config.rulesEnabled });
    const writer = new ReplyWriter(serverName);
    const page = new MetricsPage({
      collect: options.collectMetrics ?? (async () => metrics.collect()),
      logger,
      instance: config.instance,
    });
    const admission = new Admission({
      serverName,
      serveMetrics: config.metricsEnabled
        ? (request, response) => {
            page.serve(request, response);
          }
        : undefined,
    });
    this.#requestMetrics = new RequestMetrics({
      metrics,
      clock,
      maxDomains: config.maxMetricDomains,
    });
    const { streams } = registry;
    this.#sse = new SseGateway({ streams, clock, logger });
    this.#socketIo = new SocketIoGateway({
      streams,
      clock,
      logger,
      serverName,
      transports: config.socketIoTransports,
    });
    const handlers = createHandlers(registry, version, config, this.#sse);
    this.#chain = new RequestChain({
      handlerOf: (api) => handlers[api],
      writer,
      metrics: this.#requestMetrics,
      clock,
      logger,
      hooks: options.hooks ?? {},
      maxBodyBytes: config.maxBodyBytes,
      slowRequestMs: config.slowRequestMs,
      signal: this.#shutdown.signal,
    });
    const chain = this.#chain;
    this.#dispatcher = new Dispatcher({
      admission,
      chain,
      routes,
      capacity: config.rememberedReads,
    });
    this.app = createExpressApp({ admission, chain, writer, routes });
    this.#webSockets = new WebSocketGateway({
      hub: registry.hub,
      services: registry.services,
      instances: registry.instances,
      routes,
      clock,
      logger,
      heartbeatPingIntervalMs: config.heartbeatPingIntervalMs,
    });
    this.#server = this.#createServer();
    this.#stopMeasuring = measureProcess({ metrics, clock });
  }

  /**
   * Starts to listen.
   *
   * @returns the address that was bound
   * @throws Error with the system's code, such as `EADDRINUSE`
   */
  async listen(options: ListenOptions): Promise<AddressInfo> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    const { host, port } = options;
    this.#server.listen({ host, port, backlog: listenBacklog }, resolve);
    try {
      await promise;
    } finally {
      this.#server.off('error', reject);
    }
    this.#server.on('error', (error) => {
      this.#onAcceptFailure(error);
    });
    this.#scheduleRates();
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not bound to a port');
    return address;
  }

  /** Answers a request; the listener of the server, for servers of other makes. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closing !== undefined) response.shouldKeepAlive = false;
    try {
      if (this.#socketIo.serves(request)) {
        this.#socketIo.handle(request, response);
        return;
      }
      if (!this.#dispatcher.handle(request, response)) this.app(request, response);
    } catch (error) {
      this.#chain.failUnrouted(error, request, response);
    }
  }

  /** How many clients are connected by websocket. */
  get webSocketCount(): number {
    return this.#webSockets.size;
  }

  /** How many clients have an event stream as server-sent events. */
  get sseCount(): number {
    return this.#sse.size;
  }

  /** How many clients are connected by socket.io. */
  get socketIoCount(): number {
    return this.#socketIo.size;
  }

  /**
   * Stops: takes no new connection, closes websockets with 1001, tells those with an event stream to leave, lets requests
   * under way finish within the grace time, then cuts what is left. Harmless when called again.
   */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options.graceMs ?? defaultGraceMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(graceMs: number): Promise<void> {
    this.#cancelRates?.();
    this.#stopMeasuring();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    if (this.#server.listening) {
      this.#server.close(() => {
        resolve();
      });
    } else {
      resolve();
    }
    this.#chain.drain();
    this.#webSockets.close();
    this.#sse.close();
    this.#socketIo.close();
    this.#server.closeIdleConnections();
    const cancelCut = this.#options.clock.schedule(graceMs, () => {
      this.#shutdown.abort(new Error('the server is shut down'));
      this.#webSockets.terminate();
      this.#socketIo.terminate();
      this.#server.closeAllConnections();
    });
    await closed;
    await this.#webSockets.settled();
    await this.#socketIo.settled();
    cancelCut();
    this.#shutdown.abort(new Error('the server is shut down'));
  }

  #createServer(): Server {
    const config = this.#config;
    const server = createServer(
      {
        maxHeaderSize: config.maxHeaderBytes,
        requestTimeout: config.readTimeoutMs,
        headersTimeout: config.readHeaderTimeoutMs,
        keepAliveTimeout: config.idleTimeoutMs,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
        shouldUpgradeCallback: (request) =>
          this.#socketIo.accepts(request) || this.#webSockets.accepts(request),
      },
      (request, response) => {
        this.handle(request, response);
      },
    );
    server.setTimeout(config.writeTimeoutMs);
    server.on('upgrade', (request, socket, head) => {
      const gateway = this.#socketIo.accepts(request) ? this.#socketIo : this.#webSockets;
      gateway.upgrade(request, socket, head);
    });
    return server;
  }

  // With no file descriptor left the system may refuse each connection anew; who is connected is still served.
  #onAcceptFailure(error: Error): void {
    const { clock, logger } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#acceptWarnedMs !== undefined && nowMs - this.#acceptWarnedMs < acceptWarningMs)
      return;
    this.#acceptWarnedMs = nowMs;
    logger.warn({ err: error }, 'a connection could not be accepted');
  }

  #scheduleRates(): void {
    this.#cancelRates = this.#options.clock.schedule(this.#config.metricsIntervalMs, () => {
      this.#requestMetrics.updateRates();
      this.#scheduleRates();
    });
  }
}
