/** One message of a stream of server-sent events. */
export interface SseMessage {
  readonly event: string;
  readonly data: string;
  /** Undefined: the message has none; `''`: it takes the last one back. */
  readonly id: string | undefined;
}

/** Takes a stream of server-sent events apart. */
export class SseReader {
  readonly #onMessage: (message: SseMessage) => void;
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;

  constructor(onMessage: (message: SseMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** Takes what came, however it was cut. */
  push(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment, which keeps the connection in use.
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    else if (name === 'data') this.#data.push(value);
    else if (name === 'id') this.#id = value;
  }

  #dispatch(): void {
    if (this.#data.length > 0)
      this.#onMessage({ event: this.#event, data: this.#data.join('\n'), id: this.#id });
    this.#event = '';
    this.#data = [];
    this.#id = undefined;
  }
}
