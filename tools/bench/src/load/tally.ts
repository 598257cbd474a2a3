import { monotonicMs } from '../machine/monotonic-time.ts';

/** Counts events up to a number that is waited for. */
export class Tally {
  #count = 0;
  #wanted = 0;
  #reached: PromiseWithResolvers<number> | undefined;

  /** One more. */
  add(): void {
    if (++this.#count === this.#wanted) this.#reached?.resolve(monotonicMs());
  }

  /** Starts anew and waits for so many. @returns when the last of them came, as `monotonicMs` tells it */
  next(wanted: number): Promise<number> {
    this.#count = 0;
    this.#wanted = wanted;
    this.#reached = Promise.withResolvers();
    return this.#reached.promise;
  }
}
