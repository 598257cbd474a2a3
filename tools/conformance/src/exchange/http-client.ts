import { Agent, request as startRequest, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { ExchangeError, type Exchanger, type WireRequest, type WireResponse } from './exchange.ts';

/** What an {@link HttpClient} needs. */
export interface HttpClientOptions {
  /** Such as `http://127.0.0.1:30100`. */
  readonly baseUrl: string;
  /** How long a request may take from its start to the last byte of its answer. Default 10 000. */
  readonly deadlineMs?: number;
  /** Connections held open at most. Default 8. */
  readonly connections?: number;
}

/**
 * A client that sends exactly what it is given: no cleaned path, no header of its own but `Host`, `Connection` and the
 * length of the body.
 */
export class HttpClient implements Exchanger {
  readonly #host: string;
  readonly #port: number;
  readonly #deadlineMs: number;
  readonly #agent: Agent;

  constructor({ baseUrl, deadlineMs = 10_000, connections = 8 }: HttpClientOptions) {
    const { hostname, port, protocol } = new URL(baseUrl);
    if (protocol !== 'http:') throw new Error(`${baseUrl} is no http URL`);
    this.#host = hostname.replace(/^\[|\]$/g, '');
    this.#port = port === '' ? 80 : Number(port);
    this.#deadlineMs = deadlineMs;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  exchange(wanted: WireRequest): Promise<WireResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<WireResponse>();
    const { body } = wanted;
    const request = startRequest({
      host: this.#host,
      port: this.#port,
      agent: this.#agent,
      method: wanted.method,
      path: wanted.path,
      headers: {
        ...wanted.headers,
        ...(Buffer.isBuffer(body) ? { 'content-length': body.length } : {}),
        ...(Array.isArray(body) ? { 'transfer-encoding': 'chunked' } : {}),
      },
      insecureHTTPParser: false,
    });
    let isTimeout = false;
    let isAnswered = false;
    const deadline = setTimeout(() => {
      isTimeout = true;
      request.destroy(new Error(`no answer within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    const fail = (cause: Error): void => {
      // A server that refuses a large body answers first and closes then; the end of the connection is no failure any more.
      if (isAnswered) return;
      clearTimeout(deadline);
      reject(new ExchangeError(cause.message, { isTimeout, cause }));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        isAnswered = true;
        clearTimeout(deadline);
        try {
          resolve(read(response, Buffer.concat(chunks)));
        } catch (cause) {
          reject(new ExchangeError('the body cannot be unpacked', { isTimeout: false, cause }));
        }
      });
    });
    request.on('upgrade', (response, socket) => {
      isAnswered = true;
      clearTimeout(deadline);
      socket.destroy();
      resolve(read(response, Buffer.alloc(0)));
    });
    if (Array.isArray(body)) for (const chunk of body) request.write(chunk);
    else if (Buffer.isBuffer(body)) request.write(body);
    request.end();
    return promise;
  }

  /** Closes the connections that are held open. */
  close(): void {
    this.#agent.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function read(response: IncomingMessage, body: Buffer): WireResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headersDistinct)) {
    if (value !== undefined) headers[name] = value.join(', ');
  }
  const isPacked = headers['content-encoding'] === 'gzip' && body.length > 0;
  return {
    status: response.statusCode ?? 0,
    headers,
    text: (isPacked ? gunzipSync(body) : body).toString('utf8'),
    bodyBytes: body.length,
  };
}
