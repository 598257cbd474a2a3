import type { Position } from '@service-center/sdcommon';

import type { Barrier, WaitOptions } from './barrier.ts';
import type { Waiter } from './waiter.ts';

/** What a {@link PositionQuery} needs. */
export interface PositionQueryOptions {
  /** Asks the store where it stands. */
  readonly ask: (signal: AbortSignal) => Promise<Position>;
  readonly barrier: Barrier;
  /**
   * Told of each answer, before anybody waits for it.
   *
   * @param before - what the caches had passed when the store was asked
   */
  readonly onAnswer: (position: Position, before: Position | undefined) => void;
}

/**
 * Waits until the caches have passed what the store holds now (spec 00, decision 17). However many ask at the same
 * time, the store is asked once.
 *
 * A question that is under way may have been answered before a caller's own reason to ask came about, so whoever comes
 * meanwhile waits for the next question; that one is shared by all of them.
 */
export class PositionQuery {
  readonly #ask: PositionQueryOptions['ask'];
  readonly #barrier: Barrier;
  readonly #onAnswer: PositionQueryOptions['onAnswer'];
  readonly #closing = new AbortController();
  #waiting: Waiter[] = [];
  #asking: Promise<void> | undefined;

  constructor(options: PositionQueryOptions) {
    this.#ask = options.ask;
    this.#barrier = options.barrier;
    this.#onAnswer = options.onAnswer;
  }

  /**
   * @returns false when the time was over first
   * @throws what the store's answer failed with; the signal's reason
   */
  sync(options: WaitOptions): Promise<boolean> {
    const waiter = this.#barrier.open(options);
    if (!waiter.isSettled) {
      this.#waiting.push(waiter);
      this.#asking ??= this.#askWhileWanted();
    }
    return waiter.outcome;
  }

  /** Ends the question under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#asking;
  }

  async #askWhileWanted(): Promise<void> {
    // All requests of this turn of the event loop share the first question.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const waiters = this.#waiting;
      this.#waiting = [];
      await this.#answer(waiters);
    }
    this.#asking = undefined;
  }

  async #answer(waiters: readonly Waiter[]): Promise<void> {
    const before = this.#barrier.position;
    try {
      const position = await this.#ask(this.#closing.signal);
      this.#onAnswer(position, before);
      for (const waiter of waiters) this.#barrier.bind(waiter, position);
    } catch (error) {
      for (const waiter of waiters) waiter.reject(error);
    }
  }
}
