import type { Clock } from '@service-center/sdcommon';

/** A connection that looks at the time now and then. */
export interface TickingConnection {
  /** @param nowMs - monotonic milliseconds */
  tick(nowMs: number): void;
}

/** What a {@link ConnectionTicker} works with. */
export interface ConnectionTickerOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Those that are open. */
  readonly connections: () => Iterable<TickingConnection>;
}

/**
 * One timer for all connections of a kind, so that none needs its own: a walk over 10,000 of them takes well under a
 * millisecond.
 */
export class ConnectionTicker {
  readonly #options: ConnectionTickerOptions;
  #isRunning = false;
  #cancel: (() => void) | undefined;

  constructor(options: ConnectionTickerOptions) {
    this.#options = options;
  }

  /** Ticks from now on. Harmless when called again. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule();
  }

  /** Ticks no more, until it is started again. A tick may call it. */
  stop(): void {
    this.#isRunning = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    const { clock, intervalMs, connections } = this.#options;
    this.#cancel ??= clock.schedule(intervalMs, () => {
      this.#cancel = undefined;
      const nowMs = clock.monotonicMs();
      for (const connection of connections()) connection.tick(nowMs);
      // A tick may have ended the last one, and a first one may have come since.
      if (this.#isRunning) this.#schedule();
    });
  }
}
