import type { Clock } from '@service-center/sdcommon';

/** What a {@link Liveness} goes by. */
export interface LivenessOptions {
  readonly clock: Clock;
  readonly pingIntervalMs: number;
  /** A client that is not heard of for so long is gone, milliseconds. */
  readonly readDeadlineMs: number;
}

/** Knows when the client of a websocket is to be pinged, and when it counts as gone (spec 04 §5.5). */
export class Liveness {
  readonly #options: LivenessOptions;
  #heardMs: number;
  #nextPingMs: number;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    this.#nextPingMs = this.#heardMs + options.pingIntervalMs;
  }

  /** The client has shown that it is there. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
  }

  /** Whether the client counts as gone. */
  isSilent(nowMs: number): boolean {
    return nowMs - this.#heardMs >= this.#options.readDeadlineMs;
  }

  /** Whether it is time for a Ping; true once for each. */
  takePing(nowMs: number): boolean {
    if (nowMs < this.#nextPingMs) return false;
    this.#nextPingMs = nowMs + this.#options.pingIntervalMs;
    return true;
  }
}
