import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import type { Subscriber, Subscription } from '@service-center/registry';
import { silentLogger, type Tenant } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { WebSocket } from 'ws';

import { routeTable } from '../src/routing/route-table.ts';
import { expandRoutes } from '../src/routing/route.ts';
import { WebSocketGateway } from '../src/websocket/websocket-gateway.ts';

/** A websocket to a {@link GatewayServer} with what came over it. */
export interface GatewayClient {
  readonly socket: WebSocket;
  /** Texts, and `ping` for each Ping. */
  readonly events: string[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** The websocket gateway behind real sockets, on a clock that tests move, over a registry that they play. */
export class GatewayServer {
  readonly clock = new ManualClock();
  readonly gateway: WebSocketGateway;
  readonly subscribers = new Set<Subscriber>();
  /** Whether the watching service is there. */
  isServiceRegistered = true;
  /** Whether the instance of heartbeats is in memory. */
  isInstanceKnown = true;
  /** Why nothing can be watched. */
  subscribeFailure: Error | undefined;
  /** What a renewal does. */
  renew: () => Promise<void> = () => Promise.resolve();
  /** For whom leases were renewed. */
  readonly renewed: string[] = [];
  /** How many connections are counted besides subscribers. */
  counted = 0;
  readonly #server: Server;
  readonly #port: number;

  private constructor(server: Server, port: number, heartbeatPingIntervalMs: number) {
    this.#server = server;
    this.#port = port;
    this.gateway = new WebSocketGateway({
      hub: {
        subscribe: (_tenant, _serviceId, subscriber) => this.#subscribe(subscriber),
        listAndSubscribe: (_tenant, _serviceId, subscriber) => this.#subscribe(subscriber),
        count: () => {
          this.counted++;
          return {
            close: () => {
              this.counted--;
            },
          };
        },
      },
      services: { isRegistered: () => this.isServiceRegistered },
      instances: {
        isRegistered: () => this.isInstanceKnown,
        heartbeat: (tenant, serviceId, instanceId) => this.#renew(tenant, serviceId, instanceId),
      },
      routes: expandRoutes(routeTable),
      clock: this.clock,
      logger: silentLogger,
      heartbeatPingIntervalMs,
    });
    server.on('upgrade', (request, socket, head) => {
      this.gateway.upgrade(request, socket, head);
    });
  }

  static async start(heartbeatPingIntervalMs = 30_000): Promise<GatewayServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return new GatewayServer(server, address.port, heartbeatPingIntervalMs);
  }

  get port(): number {
    return this.#port;
  }

  open(path: string, autoPong = true): GatewayClient {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}${path}`, { autoPong });
    const events: string[] = [];
    const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    socket.on('ping', () => events.push('ping'));
    socket.on('message', (data: Buffer) => events.push(data.toString()));
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
    });
    return { socket, events, closed };
  }

  /** Half a second at a time, as the gateway looks at its connections. */
  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds * 2; step++) await this.clock.advance(500);
  }

  stop(): void {
    this.gateway.terminate();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #subscribe(subscriber: Subscriber): Subscription {
    if (this.subscribeFailure !== undefined) throw this.subscribeFailure;
    this.subscribers.add(subscriber);
    return {
      close: () => {
        this.subscribers.delete(subscriber);
      },
    };
  }

  #renew({ domain, project }: Tenant, serviceId: string, instanceId: string): Promise<void> {
    this.renewed.push([domain, project, serviceId, instanceId].join('/'));
    return this.renew();
  }
}
