import type { Clock } from '@service-center/sdcommon';

/** What a {@link TokenBucket} goes by. */
export interface TokenBucketOptions {
  readonly clock: Clock;
  /** How many tokens it holds at most. */
  readonly capacity: number;
  /** How many it holds at first. Default: as many as it can. */
  readonly initial?: number;
  /** How many tokens come back in a second. */
  readonly perSecond: number;
}

/** Allows something now and then, and several times in a row for whoever has been quiet. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #filledMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.initial ?? options.capacity;
    this.#filledMs = options.clock.monotonicMs();
  }

  /** Takes a token. @returns false when there is none */
  take(): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    this.add(((nowMs - this.#filledMs) / 1000) * this.#options.perSecond);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Puts tokens in, as far as there is room. */
  add(count: number): void {
    this.#tokens = Math.min(this.#options.capacity, this.#tokens + count);
  }
}
