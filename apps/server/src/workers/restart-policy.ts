import { Backoff, type Clock } from '@service-center/sdcommon';

/** The span in which ends of a worker count. */
export const crashWindowMs = 60_000;

/** A worker that ends this often in that span will end again. */
const maxEnds = 8;

/**
 * When a worker that ended is started again: at once after its first end in a while, then after growing waits, and no
 * more when it keeps ending. With a worker that ends a second after its start that is after about 20 s.
 */
export class RestartPolicy {
  readonly #clock: Clock;
  readonly #backoff = new Backoff({ initMs: 200, factor: 2, maxMs: 10_000 });
  #endsMs: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes note of an end.
   *
   * @returns how long to wait before the next start, milliseconds; undefined to give up
   */
  ended(): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    this.#endsMs = [...this.#endsMs.filter((endMs) => nowMs - endMs < crashWindowMs), nowMs];
    const ends = this.#endsMs.length;
    if (ends >= maxEnds) return undefined;
    return ends === 1 ? 0 : this.#backoff.delayMs(ends - 2);
  }
}
