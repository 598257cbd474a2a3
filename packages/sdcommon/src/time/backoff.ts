import type { Clock } from './clock.ts';

/** How the wait between attempts grows. */
export interface BackoffOptions {
  /** The first wait, milliseconds. Default 1000. */
  readonly initMs?: number;
  /** What the wait is multiplied with after each failure. Default 1.6. */
  readonly factor?: number;
  /** The longest wait, milliseconds. Default 30000. */
  readonly maxMs?: number;
}

/** Growing waits between attempts (spec 03 §1.7). */
export class Backoff {
  readonly #initMs: number;
  readonly #factor: number;
  readonly #maxMs: number;

  constructor(options: BackoffOptions = {}) {
    this.#initMs = options.initMs ?? 1000;
    this.#factor = options.factor ?? 1.6;
    this.#maxMs = options.maxMs ?? 30_000;
  }

  /**
   * The wait after a number of retries: `init` for none, else `min(max, init * factor^retries)`.
   *
   * @returns milliseconds
   */
  delayMs(retries: number): number {
    if (retries <= 0) return this.#initMs;
    return Math.min(this.#maxMs, this.#initMs * this.#factor ** retries);
  }

  /**
   * Runs an action up to a number of times and waits after each failure, the last one included.
   *
   * @returns the first success
   * @throws the last failure; an error that says so when `times` is not positive; the signal's reason when aborted
   */
  async retry<T>(
    times: number,
    action: (attempt: number) => Promise<T>,
    clock: Clock,
    signal?: AbortSignal,
  ): Promise<T> {
    let failure: unknown = new Error(`over max retry times[${times}]`);
    for (let attempt = 1; attempt <= times; attempt++) {
      signal?.throwIfAborted();
      try {
        return await action(attempt);
      } catch (error) {
        failure = error;
        await clock.sleep(this.delayMs(attempt), signal);
      }
    }
    throw failure;
  }
}
