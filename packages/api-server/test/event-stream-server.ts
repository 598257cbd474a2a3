import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import {
  StreamFrame,
  type StreamRequest,
  type StreamSubscriber,
  type StreamSubscription,
} from '@service-center/registry';
import { defaultTenant, silentLogger, type EventTopic } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';

import { SseGateway } from '../src/event-stream/sse-gateway.ts';
import { SocketIoGateway } from '../src/socket-io/socket-io-gateway.ts';

const topics: readonly EventTopic[] = [{ kind: 'project' }];

/** Both gateways of event streams behind real sockets, on a clock that tests move, over streams that they play. */
export class EventStreamServer {
  readonly clock = new ManualClock();
  readonly sse: SseGateway;
  readonly socketIo: SocketIoGateway;
  readonly subscribers = new Set<StreamSubscriber>();
  readonly requests: StreamRequest[] = [];
  readonly acknowledged: string[] = [];
  /** What each stream begins with. */
  first: StreamFrame | undefined;
  /** Sees each request for a websocket. */
  onUpgrade: ((request: IncomingMessage) => void) | undefined;
  /** Why nobody can subscribe. */
  failure: Error | undefined;
  readonly #server: Server;
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    const streams = { subscribe: (request: StreamRequest) => this.#subscribe(request) };
    const common = { streams, clock: this.clock, logger: silentLogger };
    this.sse = new SseGateway(common);
    this.socketIo = new SocketIoGateway({ ...common, serverName: 'TEST/1' });
    server.on('request', (request, response) => {
      if (this.socketIo.serves(request)) {
        this.socketIo.handle(request, response);
        return;
      }
      const start = this.sse.open({ tenant: defaultTenant, topics }, request, response);
      response.writeHead(200);
      start();
    });
    server.on('upgrade', (request, socket, head) => {
      this.onUpgrade?.(request);
      this.socketIo.upgrade(request, socket, head);
    });
  }

  static async start(): Promise<EventStreamServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return new EventStreamServer(server, address.port);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The only subscriber there is. @throws Error when there is not exactly one */
  get subscriber(): StreamSubscriber {
    const [subscriber, ...others] = this.subscribers;
    if (subscriber === undefined || others.length > 0) {
      throw new Error(`there are ${this.subscribers.size} subscribers`);
    }
    return subscriber;
  }

  /** A second at a time, as the gateways look at their connections. */
  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds; step++) await this.clock.advance(1000);
  }

  async stop(): Promise<void> {
    this.sse.close();
    this.socketIo.close();
    this.socketIo.terminate();
    await this.socketIo.settled();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #subscribe(request: StreamRequest): StreamSubscription {
    if (this.failure !== undefined) throw this.failure;
    const { subscriber } = request;
    this.requests.push(request);
    this.subscribers.add(subscriber);
    const { first } = this;
    if (first !== undefined) {
      setImmediate(() => {
        if (this.subscribers.has(subscriber)) subscriber.send(first)?.catch(() => undefined);
      });
    }
    return {
      id: `test-${this.requests.length}`,
      acknowledge: (position) => {
        this.acknowledged.push(position);
      },
      close: () => {
        this.subscribers.delete(subscriber);
      },
    };
  }
}

/** A change as the registry would send it. */
export function change(position: string | undefined, text: string): StreamFrame {
  return new StreamFrame('change', JSON.stringify({ text, position }), position);
}
