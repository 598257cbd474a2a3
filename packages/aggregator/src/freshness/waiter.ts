/** Somebody who waits until the caches have reached a place in the store's history. */
export class Waiter {
  /** Monotonic milliseconds at which it gives up. */
  readonly deadlineMs: number;
  /** true: reached; false: the time was over. Rejects when its signal is aborted, or on a failure it was told of. */
  readonly outcome: Promise<boolean>;
  readonly #settled = Promise.withResolvers<boolean>();
  readonly #signal: AbortSignal | undefined;
  readonly #onSettled: (waiter: Waiter) => void;
  #isSettled = false;

  constructor(
    deadlineMs: number,
    signal: AbortSignal | undefined,
    onSettled: (waiter: Waiter) => void,
  ) {
    this.deadlineMs = deadlineMs;
    this.outcome = this.#settled.promise;
    this.#signal = signal;
    this.#onSettled = onSettled;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  resolve(reached: boolean): void {
    if (this.#settle()) this.#settled.resolve(reached);
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#settled.reject(error);
  }

  readonly #abort = (): void => {
    this.reject(this.#signal?.reason);
  };

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#onSettled(this);
    return true;
  }
}
