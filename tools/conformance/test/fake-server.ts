import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request whose body was read. */
export type FakeHandler = (
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
) => void;

/** A server on a free port that answers as a test wants it to. */
export class FakeServer {
  readonly baseUrl: string;
  readonly #server: Server;

  private constructor(server: Server, { port }: AddressInfo) {
    this.#server = server;
    this.baseUrl = `http://127.0.0.1:${port}`;
  }

  /** Starts a server. */
  static async start(handler: FakeHandler): Promise<FakeServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        handler(request, Buffer.concat(chunks).toString(), response);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return new FakeServer(server, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** Answers as the registry does: JSON, or nothing. */
export function reply(response: ServerResponse, status: number, value?: unknown): void {
  const text = value === undefined ? '' : JSON.stringify(value);
  response.writeHead(status, {
    server: 'SERVICECENTER/0.0.0',
    'content-type': text === '' ? 'text/plain; charset=UTF-8' : 'application/json; charset=UTF-8',
  });
  response.end(text);
}
