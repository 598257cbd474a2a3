import { Backoff, type Clock, type Logger } from '@service-center/sdcommon';

import { forEachConcurrently } from '../concurrency/for-each-concurrently.ts';

const concurrentRenewals = 64;

/** What a {@link RenewalReplay} is made of. */
export interface RenewalReplayOptions<K> {
  /** Renews once. Throws when the store is still away. */
  readonly renew: (key: K) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Renewals that were answered while the store was away, tried again until it is back (spec 00, decision 18). Each
 * instance waits once, however often it beats.
 */
export class RenewalReplay<K> {
  readonly #renew: (key: K) => Promise<void>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #backoff = new Backoff({ maxMs: 2000 });
  readonly #waiting = new Map<string, K>();
  #retries = 0;
  #cancelTimer: (() => void) | undefined;
  #run: Promise<void> | undefined;
  #isClosed = false;

  constructor({ renew, clock, logger }: RenewalReplayOptions<K>) {
    this.#renew = renew;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** How many instances wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Has a renewal tried again. @param id - tells instances apart */
  add(id: string, key: K): void {
    if (this.#isClosed) return;
    this.#waiting.set(id, key);
    this.#schedule();
  }

  /** Lets go of what waits; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#run;
  }

  #schedule(): void {
    if (this.#isClosed || this.#cancelTimer !== undefined || this.#run !== undefined) return;
    this.#cancelTimer = this.#clock.schedule(this.#backoff.delayMs(this.#retries), () => {
      this.#cancelTimer = undefined;
      this.#run = this.#replay().finally(() => {
        this.#run = undefined;
        if (this.#waiting.size > 0) this.#schedule();
      });
    });
  }

  async #replay(): Promise<void> {
    const before = this.#waiting.size;
    try {
      await forEachConcurrently([...this.#waiting], concurrentRenewals, async ([id, key]) => {
        if (this.#isClosed) return;
        await this.#renew(key);
        this.#waiting.delete(id);
      });
      this.#retries = 0;
      this.#logger.info({ renewals: before }, 'renewals of the time without the store replayed');
    } catch (error) {
      this.#retries++;
      this.#logger.warn({ err: error, waiting: this.#waiting.size }, 'renewals still wait');
    }
  }
}
