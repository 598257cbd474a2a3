import type { Clock } from '@service-center/sdcommon';
import type { Logger } from 'pino';

import { StopSignals } from './stop-signals.ts';

/** What a {@link StoppableProcess} works with. */
export interface StoppableProcessOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The signals that ask this process to stop. */
  readonly signals: readonly NodeJS.Signals[];
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
}

const longestIntervalMs = 2 ** 31 - 1;

/** Why work that was asked to stop did not finish. */
export class StoppedError extends Error {
  constructor() {
    super('stopped before the start was over');
    this.name = 'StoppedError';
  }
}

/**
 * What ends this process: the first signal asks its work to stop in order, a second one, or too much time, ends it, and
 * so does an error that nobody caught. While it exists it listens; disposing of it leaves the watchdog of a stop that
 * was asked for, which ends whatever keeps the process alive after all.
 */
export class StoppableProcess implements Disposable {
  readonly #options: StoppableProcessOptions;
  readonly #stop = new AbortController();
  readonly #stopSignals: StopSignals;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.requestStop(signal);
  };
  // Whatever was acknowledged is in the store, and the state is not to be trusted any more: nothing is worth waiting for.
  readonly #onUncaught = (error: unknown, origin: string): void => {
    this.#options.logger.fatal({ err: error, origin }, 'uncaught error, ending');
    this.#options.exit(1);
  };

  constructor(options: StoppableProcessOptions) {
    this.#options = options;
    const { clock, logger, signals, exit } = options;
    this.#stopSignals = new StopSignals({
      clock,
      onStop: (signal) => {
        logger.info({ signal }, 'stopping');
        this.#stop.abort(new StoppedError());
      },
      onForce: (reason) => {
        logger.error({ reason }, 'ended by force');
        exit(1);
      },
    });
    for (const signal of signals) process.on(signal, this.#onSignal);
    process.on('uncaughtException', this.#onUncaught);
  }

  /** Aborted when the process is to stop. */
  get stopRequest(): AbortSignal {
    return this.#stop.signal;
  }

  /** Stops as the signal would. */
  requestStop(signal: NodeJS.Signals): void {
    this.#stopSignals.receive(signal);
  }

  /**
   * Does the work of the process.
   *
   * @param work - ends when it is asked to stop; may then throw the reason of that request
   * @returns the exit code
   */
  async run(work: (stopRequest: AbortSignal) => Promise<void>): Promise<number> {
    // A server that waits for its store may have no socket and no timer that keeps the process alive.
    const hold = setInterval(() => undefined, longestIntervalMs);
    try {
      await work(this.stopRequest);
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    } finally {
      clearInterval(hold);
    }
    return 0;
  }

  [Symbol.dispose](): void {
    for (const signal of this.#options.signals) process.off(signal, this.#onSignal);
    process.off('uncaughtException', this.#onUncaught);
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    }
  });
}
