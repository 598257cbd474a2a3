import { Backoff, type Clock } from '@service-center/sdcommon';

/** What a {@link WriteProbe} works with. */
export interface WriteProbeOptions {
  readonly clock: Clock;
  /** Whether it is not known that writing succeeds. */
  readonly isNeeded: () => boolean;
  /** Writes nothing, durably. Rejects when that fails, and has told everybody who wants to know. */
  readonly write: () => Promise<void>;
}

/**
 * Finds out when writing succeeds again. It does not wait for the next request: whoever asks for the store's health
 * sends none while the answer is bad, so the answer would stay bad for ever.
 */
export class WriteProbe {
  readonly #options: WriteProbeOptions;
  readonly #backoff = new Backoff({ initMs: 500, maxMs: 5000 });
  #failures = 0;
  #cancelTimer: (() => void) | undefined;
  #attempt: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: WriteProbeOptions) {
    this.#options = options;
  }

  /** Begins to try. Harmless when it does already. */
  start(): void {
    if (this.#isStopped || this.#cancelTimer !== undefined || this.#attempt !== undefined) return;
    const { clock, isNeeded } = this.#options;
    this.#cancelTimer = clock.schedule(this.#backoff.delayMs(this.#failures), () => {
      this.#cancelTimer = undefined;
      if (isNeeded()) this.#attempt = this.#try();
      else this.#failures = 0;
    });
  }

  /** Ends. @returns resolves when no attempt is under way any more */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#attempt;
  }

  async #try(): Promise<void> {
    try {
      await this.#options.write();
      this.#failures = 0;
    } catch {
      // The store has logged it, as for every write that fails; here it only means another attempt.
      this.#failures++;
    }
    this.#attempt = undefined;
    if (this.#options.isNeeded()) this.start();
  }
}
