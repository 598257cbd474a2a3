import { get, type IncomingMessage } from 'node:http';

import { ExchangeError } from './exchange.ts';
import { FrameQueue, type StreamEnd } from './frame-queue.ts';

const messageEnd = '\n\n';

/** A stream of server-sent events whose messages are taken one after the other, each as JSON. */
export class EventClient {
  readonly #response: IncomingMessage;
  readonly #frames = new FrameQueue();
  #rest = '';

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.#take(chunk);
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      this.#frames.end({ code: 0, reason: 'the stream is over' });
    });
  }

  /**
   * Opens a stream.
   *
   * @throws ExchangeError when the server does not open it, or not in time
   */
  static async open(
    url: URL,
    headers: Readonly<Record<string, string>>,
    deadlineMs: number,
  ): Promise<EventClient> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = get(url, { headers: { ...headers }, agent: false });
    const timer = setTimeout(() => {
      const message = `not opened within ${deadlineMs} ms`;
      reject(new ExchangeError(message, { isTimeout: true }));
      request.destroy();
    }, deadlineMs);
    request.on('error', (cause) => {
      reject(new ExchangeError(cause.message, { isTimeout: false, cause }));
    });
    request.on('response', resolve);
    try {
      const response = await promise;
      const type = response.headers['content-type'];
      if (response.statusCode === 200 && type === 'text/event-stream') {
        return new EventClient(response);
      }
      request.destroy();
      const message = `answered ${response.statusCode ?? 0} with ${type ?? 'nothing'}`;
      throw new ExchangeError(message, { isTimeout: false });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next message, how the stream ended before one came, or undefined when the time was over. */
  next(deadlineMs: number): Promise<string | StreamEnd | undefined> {
    return this.#frames.next(deadlineMs);
  }

  /** Closes the connection. */
  close(): void {
    this.#response.destroy();
  }

  #take(chunk: string): void {
    const blocks = (this.#rest + chunk).split(messageEnd);
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageOf(block.split('\n'));
      if (message !== undefined) this.#frames.add(message);
    }
  }
}

/** A message as JSON; undefined for comments and what else has no data. */
function messageOf(lines: readonly string[]): string | undefined {
  const valuesOf = (field: string): string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${field}:`) ? [line.slice(field.length + 1).replace(/^ /, '')] : [],
    );
  const data = valuesOf('data');
  if (data.length === 0) return undefined;
  const [event = 'message'] = valuesOf('event');
  const id = valuesOf('id').at(-1);
  const idMember = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  return `{"event":${JSON.stringify(event)},${idMember}"data":${data.join('\n')}}`;
}
