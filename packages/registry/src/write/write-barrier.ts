import type { Aggregator } from '@service-center/aggregator';
import type { Written } from '@service-center/sdcommon';

/** What a {@link WriteBarrier} works with. */
export interface WriteBarrierOptions {
  readonly aggregator: Pick<Aggregator, 'waitFor'>;
  /** How long to wait at most, milliseconds. */
  readonly timeoutMs: number;
}

/** Holds back the answer to a write until this server's own caches show it (design §3.2). */
export class WriteBarrier {
  readonly #aggregator: Pick<Aggregator, 'waitFor'>;
  readonly #timeoutMs: number;

  constructor(options: WriteBarrierOptions) {
    this.#aggregator = options.aggregator;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * Waits until the caches have passed a write. When they do not in time the write stands nevertheless, so this
   * returns all the same; the aggregator counts it.
   *
   * @returns what was written
   */
  async passed<W extends Written>(write: Promise<W>): Promise<W> {
    const written = await write;
    // Not bound to the client's signal: when the client is gone nobody reads the answer, and the wait is bounded.
    await this.#aggregator.waitFor(written.position, { timeoutMs: this.#timeoutMs });
    return written;
  }
}
