import type { Clock } from '@service-center/sdcommon';

/** What {@link StopSignals} tells. */
export interface StopSignalsOptions {
  readonly clock: Clock;
  /** The first signal: stop in order. */
  readonly onStop: (signal: NodeJS.Signals) => void;
  /** Another one, or the time is over: end now. */
  readonly onForce: (reason: string) => void;
}

/** After this long in stopping the process ends anyway (spec 05 §7.2). */
export const stopTimeoutMs = 5000;

/**
 * Ctrl-C reaches every process of a terminal, and npm hands on what it got: one wish to stop comes as two signals.
 * What follows that closely is no second wish.
 */
export const echoMs = 500;

/** Makes of signals, however many come, one orderly stop, or an end by force. */
export class StopSignals {
  readonly #options: StopSignalsOptions;
  #firstMs: number | undefined;

  constructor(options: StopSignalsOptions) {
    this.#options = options;
  }

  /** Takes a signal to stop. */
  receive(signal: NodeJS.Signals): void {
    const { clock, onStop, onForce } = this.#options;
    if (this.#firstMs === undefined) {
      this.#firstMs = clock.monotonicMs();
      clock.schedule(stopTimeoutMs, () => {
        onForce(`not stopped within ${stopTimeoutMs} ms`);
      });
      onStop(signal);
    } else if (clock.monotonicMs() - this.#firstMs >= echoMs) {
      onForce(`another ${signal} while stopping`);
    }
  }
}
