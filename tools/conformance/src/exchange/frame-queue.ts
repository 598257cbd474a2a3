/** How a stream ended. */
export interface StreamEnd {
  /** The Close code of a websocket; 0 for anything else. */
  readonly code: number;
  readonly reason: string;
}

/** What has come over a connection and was not taken yet. */
export class FrameQueue {
  readonly #frames: string[] = [];
  #end: StreamEnd | undefined;
  #onChange: (() => void) | undefined;

  add(frame: string): void {
    this.#frames.push(frame);
    this.#onChange?.();
  }

  /** Nothing more comes. */
  end(end: StreamEnd): void {
    this.#end = end;
    this.#onChange?.();
  }

  /** The next frame, how the connection ended before one came, or undefined when the time was over. */
  async next(deadlineMs: number): Promise<string | StreamEnd | undefined> {
    if (this.#frames.length === 0 && this.#end === undefined) await this.#change(deadlineMs);
    return this.#frames.shift() ?? this.#end;
  }

  async #change(deadlineMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.#onChange = resolve;
    await promise;
    clearTimeout(timer);
    this.#onChange = undefined;
  }
}
