import type { Clock } from '@service-center/sdcommon';

/** Knows since when a client takes nothing of what is written to it, and keeps those waiting who write. */
export class Backpressure {
  readonly #clock: Clock;
  #stalledMs: number | undefined;
  #relief: PromiseWithResolvers<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Enough is waiting for the client. @returns a promise that settles when it has taken that, or is gone */
  build(): Promise<void> {
    this.expectRelief();
    this.#relief ??= Promise.withResolvers();
    return this.#relief.promise;
  }

  /** Something is waiting for the client, but nobody has to wait for that. */
  expectRelief(): void {
    this.#stalledMs ??= this.#clock.monotonicMs();
  }

  /** The client has taken what was waiting, or nothing will be written to it any more. */
  relieve(): void {
    this.#stalledMs = undefined;
    this.#relief?.resolve();
    this.#relief = undefined;
  }

  /** Whether the client has taken nothing for so long. */
  hasLasted(limitMs: number, nowMs: number): boolean {
    return this.#stalledMs !== undefined && nowMs - this.#stalledMs >= limitMs;
  }
}
