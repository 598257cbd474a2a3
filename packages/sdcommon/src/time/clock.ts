/**
 * The only source of time. Everything that waits, expires or stamps takes one, so that tests can own time.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970. Stamps records; never decides how long something lasts. */
  wallMs(): number;
  /** Milliseconds since some start, never going back. Decides about leases, deadlines and durations. */
  monotonicMs(): number;
  /**
   * Waits.
   *
   * @param ms - how long; 0 or less waits for the next turn of the event loop
   * @param signal - ends the wait early
   * @throws the signal's reason when it is aborted before the time is over
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back once. The timer does not keep the process alive.
   *
   * @returns cancels the call
   */
  schedule(ms: number, callback: () => void): () => void;
}

/** A wall time in the form of the registry's timestamps: unix seconds as a decimal string (spec 01 §2.2). */
export function unixSeconds(clock: Clock): string {
  return String(Math.floor(clock.wallMs() / 1000));
}
