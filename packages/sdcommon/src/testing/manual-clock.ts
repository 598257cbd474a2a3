import type { Clock } from '../time/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A {@link Clock} that moves only when a test says so.
 */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #nextOrder = 0;
  readonly #timers = new Set<Timer>();

  /** @param wallMs - the wall time to start with. Default 1700000000000 */
  constructor(wallMs = 1_700_000_000_000) {
    this.#wallMs = wallMs;
  }

  /** How many timers wait; 0 after everything was closed. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer: Timer = {
      atMs: this.#monotonicMs + Math.max(0, ms),
      order: this.#nextOrder++,
      run: callback,
    };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Moves the wall clock alone, as a clock jump of the machine does. */
  jumpWall(ms: number): void {
    this.#wallMs += ms;
  }

  /**
   * Moves time forward, running timers in the order of their times, each with everything it set off settled.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms;
    for (;;) {
      await settle();
      const due = this.#next(untilMs);
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#moveTo(due.atMs);
      due.run();
    }
    this.#moveTo(untilMs);
    await settle();
  }

  #next(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.atMs > untilMs) continue;
      if (
        next === undefined ||
        timer.atMs < next.atMs ||
        (timer.atMs === next.atMs && timer.order < next.order)
      ) {
        next = timer;
      }
    }
    return next;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Lets promises that are settled already run their reactions. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
