import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import type { Clock } from '@service-center/sdcommon';

import { findFreePorts, loopback } from './free-ports.ts';
import { NetworkLink, type LinkDelays, type SwallowedDirection } from './network-link.ts';

/** In front of what to listen. */
export interface TcpProxyOptions {
  /** The port of the server on loopback; it need not listen yet. */
  readonly targetPort: number;
  /** Default: one that is free. */
  readonly port?: number;
  /** Which time delays run by. Default: the machine's. */
  readonly clock?: Clock;
}

/** Listens in front of a server on loopback and lets the network between its clients and it break in several ways. */
export class TcpProxy {
  readonly port: number;
  readonly #targetPort: number;
  readonly #link: NetworkLink;
  readonly #server: Server;

  private constructor(options: TcpProxyOptions, port: number) {
    this.port = port;
    this.#targetPort = options.targetPort;
    this.#link = new NetworkLink(options);
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      this.#link.carry(client, this.#targetPort);
    });
  }

  /** @throws when the port is taken */
  static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
    const [freePort = 0] = options.port === undefined ? await findFreePorts(1) : [];
    const proxy = new TcpProxy(options, options.port ?? freePort);
    await proxy.#listen();
    return proxy;
  }

  /** Such as `127.0.0.1:20001`. */
  get address(): string {
    return `${loopback}:${this.port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#link.connections;
  }

  /** Bytes of open connections that have vanished. */
  get swallowedBytes(): number {
    return this.#link.swallowedBytes;
  }

  /** Bytes that are delayed, or wait for a slow receiver. */
  get underWayBytes(): number {
    return this.#link.underWayBytes;
  }

  /** Resets every connection and refuses new ones. */
  async cut(): Promise<void> {
    await this.#close();
  }

  /** See {@link NetworkLink.halfOpen}. */
  async halfOpen(direction?: SwallowedDirection): Promise<void> {
    this.#link.halfOpen(direction);
    await this.#listen();
  }

  /** See {@link NetworkLink.delay}. */
  async delay(delays: LinkDelays): Promise<void> {
    this.#link.delay(delays);
    await this.#listen();
  }

  /** See {@link NetworkLink.resume}. */
  async resume(): Promise<void> {
    this.#link.resume();
    await this.#listen();
  }

  /** Resets every connection and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #listen(): Promise<void> {
    if (this.#server.listening) return;
    this.#server.listen({ port: this.port, host: loopback, exclusive: true });
    await once(this.#server, 'listening');
  }

  async #close(): Promise<void> {
    this.#link.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
