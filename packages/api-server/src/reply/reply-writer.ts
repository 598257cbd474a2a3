import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';

import { minGzipBytes } from './content-coding.ts';
import type { Reply } from './reply.ts';

const gzip = promisify(gzipWithCallback);

/** What the request says about the form of its answer. */
export interface ReplyForm {
  /** Add `Access-Control-Allow-Origin: *`. */
  readonly allowOrigin: boolean;
  readonly acceptsGzip: boolean;
}

/**
 * Up to this size a body that answers many requests is kept as text: Node.js writes head and text in one piece, a
 * buffer in two, which costs a small answer 10 to 20 % of its time.
 */
const maxTextBytes = 16_384;

/** A status line with its headers, ready to be written many times. */
interface Head {
  readonly headers: string[];
  /** The body, one character a byte; undefined when it is too long. */
  readonly text: string | undefined;
}

const bare = 0;
const withOrigin = 1;
const withGzip = 2;

/** Writes replies in one go: one head, one body, its length known. */
export class ReplyWriter {
  readonly #common: readonly string[];
  readonly #sharedHeads = new WeakMap<Reply, (Head | undefined)[]>();

  /** @param serverName - the value of the `Server` header */
  constructor(serverName: string) {
    this.#common = ['Server', serverName, 'Vary', 'Accept-Encoding, Origin'];
  }

  /**
   * Writes a reply.
   *
   * @returns a promise only when the body has to be compressed first
   */
  write(response: ServerResponse, reply: Reply, form: ReplyForm): Promise<void> | undefined {
    if (form.acceptsGzip && byteLength(reply.body) >= minGzipBytes) {
      const compressed = reply.compressor?.gzipBody;
      if (compressed === undefined) return this.#writeCompressed(response, reply, form);
      this.#writeForm(response, reply, compressed, gzipForm(form));
      return undefined;
    }
    this.#writeForm(response, reply, reply.body, form.allowOrigin ? withOrigin : bare);
    return undefined;
  }

  /** Writes the head of a reply whose body is a stream. */
  writeStreamHead(response: ServerResponse, reply: Reply, form: ReplyForm): void {
    response.writeHead(reply.status, this.#headers(reply, form.allowOrigin));
    // Alone, the head becomes one text in the place where Node.js keeps it; together with the first of the body, the
    // thirty pieces of which it was put together would stay for as long as the stream goes on.
    response.flushHeaders();
  }

  async #writeCompressed(response: ServerResponse, reply: Reply, form: ReplyForm): Promise<void> {
    const { compressor } = reply;
    const compressed = await (compressor === undefined ? gzip(reply.body) : compressor.gzip());
    this.#writeForm(response, reply, compressed, gzipForm(form));
  }

  #writeForm(response: ServerResponse, reply: Reply, body: string | Buffer, form: number): void {
    const head = this.#head(reply, body, form);
    response.writeHead(reply.status, head.headers);
    if (head.text === undefined) response.end(body);
    else response.end(head.text, 'latin1');
  }

  #head(reply: Reply, body: string | Buffer, form: number): Head {
    if (reply.isShared !== true) return this.#makeHead(reply, body, form);
    let heads = this.#sharedHeads.get(reply);
    if (heads === undefined) {
      heads = [];
      this.#sharedHeads.set(reply, heads);
    }
    return (heads[form] ??= this.#makeHead(reply, body, form));
  }

  #makeHead(reply: Reply, body: string | Buffer, form: number): Head {
    const headers = this.#headers(reply, (form & withOrigin) !== 0);
    if ((form & withGzip) !== 0) headers.push('Content-Encoding', 'gzip');
    // A 304 speaks of the body it does not have; a length of 0 would be a lie about the representation.
    if (reply.status !== 304) headers.push('Content-Length', String(byteLength(body)));
    const isText = reply.isShared === true && Buffer.isBuffer(body) && body.length <= maxTextBytes;
    return { headers, text: isText ? body.toString('latin1') : undefined };
  }

  #headers(reply: Reply, allowOrigin: boolean): string[] {
    const headers = [...this.#common];
    if (allowOrigin) headers.push('Access-Control-Allow-Origin', '*');
    headers.push(...reply.headers);
    return headers;
  }
}

/**
 * Writes an answer that comes from in front of the registry, with these headers and no others: redirects of the path
 * cleaner, refused targets, preflights, metrics.
 *
 * @param headers - names and values in turns
 */
export function writePlainly(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  body: string,
): void {
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
}

function gzipForm(form: ReplyForm): number {
  return form.allowOrigin ? withGzip | withOrigin : withGzip;
}

function byteLength(body: string | Buffer): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
