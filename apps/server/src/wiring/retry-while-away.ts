import { Backoff, ServiceCenterError, type Clock, type Logger } from '@service-center/sdcommon';

/** How to try again. */
export interface RetryWhileAwayOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Gives up. */
  readonly signal: AbortSignal;
  /** What is tried, for the log, such as `connect to etcd at http://127.0.0.1:2379`. */
  readonly intent: string;
  /** An attempt failed; there will be another one. */
  readonly onAway?: () => void;
}

/**
 * Does what needs the store, however long the store is away (spec 02 §1.10): servers and their store are often started
 * together.
 *
 * @param attempt - tries once; whatever it fails with but `unavailableBackend` is not tried again
 * @throws the signal's reason
 */
export async function retryWhileAway<T>(
  attempt: () => Promise<T>,
  { clock, logger, signal, intent, onAway }: RetryWhileAwayOptions,
): Promise<T> {
  const backoff = new Backoff();
  for (let retries = 0; ; retries++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
      const retryInMs = Math.round(backoff.delayMs(retries));
      logger.warn({ reason: error.detail, retryInMs }, `could not ${intent}; trying again`);
      onAway?.();
      await clock.sleep(retryInMs, signal);
    }
  }
}
