import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands between one subscriber and a server, so that the subscriber's connection can be made to stop reading, or be
 * torn down without a word, whatever library the subscriber uses.
 */
export class PausingRelay {
  readonly #server: Server;
  /** The end that leads to the subscriber, by the one that leads to the server. */
  readonly #pairs = new Map<Socket, Socket>();
  #isPaused = false;

  private constructor(target: URL) {
    this.#server = createServer((downstream) => {
      const upstream = connect({ port: Number(target.port), host: target.hostname });
      this.#pairs.set(upstream, downstream);
      upstream.once('close', () => this.#pairs.delete(upstream));
      for (const [from, to] of [
        [upstream, downstream],
        [downstream, upstream],
      ] as const) {
        from.setNoDelay();
        // That the other end goes too is all there is to do about a broken connection.
        from.on('error', () => to.destroy());
        from.once('close', () => to.destroy());
      }
      downstream.pipe(upstream);
      if (!this.#isPaused) upstream.pipe(downstream);
    });
  }

  /** Listens on loopback in front of a server. */
  static async open(target: URL): Promise<PausingRelay> {
    const relay = new PausingRelay(target);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  /** Where to connect to instead of the server. */
  get baseUrl(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the relay is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Nothing that the server writes is read any more. */
  pause(): void {
    this.#isPaused = true;
    for (const upstream of this.#pairs.keys()) upstream.unpipe().pause();
  }

  /** Reads again; harmless when it never stopped. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    for (const [upstream, downstream] of this.#pairs) upstream.pipe(downstream);
  }

  /** Tears all connections down. */
  cut(): void {
    for (const upstream of this.#pairs.keys()) upstream.destroy();
  }

  /** Tears all connections down and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
