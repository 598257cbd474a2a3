import { get, type ClientRequest, type IncomingMessage } from 'node:http';

/** A message as it came. */
export interface SseMessage {
  readonly event: string;
  /** Undefined when there was no such line. */
  readonly id: string | undefined;
  readonly data: string;
}

/** Where and how to connect. */
export interface SseClientOptions {
  readonly port: number;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads server-sent events from a real connection. */
export class SseClient {
  readonly response: IncomingMessage;
  readonly messages: SseMessage[] = [];
  /** Settles when the stream is over, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #chunks: string[] = [];
  /** What came after the last complete message. */
  #rest: string[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.#chunks.push(chunk);
      this.#rest.push(chunk);
      // A long message comes in many pieces; only the one with its end is worth a look.
      if (chunk.includes('\n')) this.#parse();
    });
    response.on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    response.on('close', resolve);
  }

  /** Connects. @returns once the head of the answer is there */
  static async open({ port, target, headers = {} }: SseClientOptions): Promise<SseClient> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request: ClientRequest = get({
      host: '127.0.0.1',
      port,
      path: target,
      headers: { ...headers },
      agent: false,
    });
    request.on('response', resolve);
    request.on('error', reject);
    return new SseClient(await promise);
  }

  /** Everything that came, as it came. */
  get text(): string {
    return this.#chunks.join('');
  }

  /** The data of all messages of a kind, parsed. */
  dataOf(event: string): readonly unknown[] {
    return this.messages
      .filter((message) => message.event === event)
      .map(({ data }): unknown => JSON.parse(data));
  }

  get events(): readonly string[] {
    return this.messages.map(({ event }) => event);
  }

  /** The last position the stream gave. */
  get position(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  close(): void {
    this.response.destroy();
  }

  #parse(): void {
    const blocks = this.#rest.join('').split('\n\n');
    this.#rest = [blocks.pop() ?? ''];
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = valuesOf(lines, 'data');
      if (data.length === 0) continue;
      const [event = 'message'] = valuesOf(lines, 'event');
      this.messages.push({ event, id: valuesOf(lines, 'id').at(-1), data: data.join('\n') });
    }
  }
}

function valuesOf(lines: readonly string[], field: string): string[] {
  return lines
    .filter((line) => line.startsWith(`${field}:`))
    .map((line) => line.slice(field.length + 1).replace(/^ /, ''));
}
