import { connect } from 'node:net';

import { assertDocumented, bodyText } from './documented.ts';

/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  /** Besides `Host` and `Connection: close`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Send the body in chunks instead of announcing its length. */
  readonly isChunked?: boolean;
}

/** An answer, byte by byte as latin1 text, without its `Date`. */
export interface RawResponse {
  readonly status: number;
  /** The head as it came. */
  readonly head: string;
  /** Headers by lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/**
 * Sends one request and reads until the server closes. Nothing is normalised on the way.
 *
 * @throws Error when the answer is not as the document of the API says
 */
export async function exchange(port: number, request: RawRequest): Promise<RawResponse> {
  const response = parse(await send(port, format(request)));
  const { status, headers, body } = response;
  assertDocumented({
    method: request.method ?? 'GET',
    target: request.target,
    status,
    headers,
    body: bodyText(headers, body),
  });
  return response;
}

/** Sends bytes and reads until the server closes. */
export function send(port: number, bytes: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk) => {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  });
  socket.once('error', reject);
  socket.once('end', () => {
    socket.end();
    resolve(Buffer.concat(chunks).toString('latin1'));
  });
  socket.write(Buffer.from(bytes, 'utf8'));
  return promise;
}

function format(request: RawRequest): string {
  const { method = 'GET', target, headers = {}, body, isChunked = false } = request;
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: test', 'Connection: close'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body === undefined) return `${lines.join('\r\n')}\r\n\r\n`;
  const length = Buffer.byteLength(body);
  if (!isChunked) return [...lines, `Content-Length: ${length}`, '', body].join('\r\n');
  const chunk = length === 0 ? '' : `${length.toString(16)}\r\n${body}\r\n`;
  return [...lines, 'Transfer-Encoding: chunked', '', `${chunk}0\r\n\r\n`].join('\r\n');
}

function parse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, end).split('\r\n');
  const kept = lines.filter((line) => !line.startsWith('Date: '));
  const headers = kept.slice(1).map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
  });
  return {
    status: Number(lines[0]?.split(' ')[1]),
    head: kept.join('\r\n'),
    headers: new Map(headers),
    body: text.slice(end + 4),
  };
}
