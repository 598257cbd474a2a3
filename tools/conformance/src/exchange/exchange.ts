/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, sent as they are. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Several parts are sent as chunks without a length. */
  readonly body?: Buffer | readonly Buffer[];
}

/** An answer. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, unpacked when it came packed. */
  readonly text: string;
  /** What the body was on the wire, in bytes. */
  readonly bodyBytes: number;
}

/** A request that got no answer. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
  /** The server was silent until the deadline. */
  readonly isTimeout: boolean;

  constructor(message: string, options: { readonly isTimeout: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.isTimeout = options.isTimeout;
  }
}

/** Sends requests to the server that is judged. */
export interface Exchanger {
  /** @throws ExchangeError without an answer, or without one in time */
  exchange(request: WireRequest): Promise<WireResponse>;
}
