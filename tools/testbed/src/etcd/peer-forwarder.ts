import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';

import { loopback } from '../network/free-ports.ts';

/**
 * An HTTP proxy for the requests of one member to its peers. Each request goes to the port that stands for its peer, on a
 * connection of its own; a connection that breaks breaks the member's request.
 */
export class PeerForwarder {
  readonly #portByHost: ReadonlyMap<string, number>;
  readonly #server: Server;
  /** Ends what is under way: streams between members never end by themselves. */
  readonly #closing = new AbortController();

  private constructor(portByHost: ReadonlyMap<string, number>) {
    this.#portByHost = portByHost;
    this.#server = createServer(
      // Members keep connections open for as long as they please.
      { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 },
      (incoming, outgoing) => {
        this.#forward(incoming, outgoing).catch(() => {
          // The way is broken, which is what the member has to see.
          incoming.socket.destroy();
        });
      },
    );
  }

  /** @param portByHost - the port on loopback that stands for each peer's host */
  static async listen(portByHost: ReadonlyMap<string, number>): Promise<PeerForwarder> {
    const forwarder = new PeerForwarder(portByHost);
    forwarder.#server.listen({ port: 0, host: loopback });
    await once(forwarder.#server, 'listening');
    return forwarder;
  }

  /** What the member has to take for its proxy. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://${loopback}:${address.port}`;
  }

  /** Breaks every request and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '');
    const port = this.#portByHost.get(url.hostname);
    if (port === undefined) throw new Error(`${url.hostname} is no peer`);
    const onward = request({
      host: loopback,
      port,
      method: incoming.method,
      path: url.pathname + url.search,
      headers: incoming.rawHeaders,
      agent: false,
      signal: this.#closing.signal,
    });
    // Whoever asked may give up before there is an answer.
    outgoing.once('close', () => {
      onward.destroy();
    });
    const answered = Promise.withResolvers<IncomingMessage>();
    onward.once('response', answered.resolve);
    onward.on('error', answered.reject);
    const [answer] = await Promise.all([answered.promise, pipeline(incoming, onward)]);
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    // A stream of messages is open from its header on, long before the first message.
    outgoing.flushHeaders();
    await pipeline(answer, outgoing);
  }
}
