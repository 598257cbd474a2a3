import { ServiceCenterError, type Logger } from '@service-center/sdcommon';

import { StoppedError } from '../lifecycle/stoppable-process.ts';

/** What {@link showRegistration} works with. */
export interface ShowRegistrationOptions {
  /**
   * Waits until the caches have passed what the store holds, for a bounded time.
   *
   * @returns false when the time was over first
   * @throws ServiceCenterError `unavailableBackend` when the store cannot be asked; StoppedError
   */
  readonly catchUp: () => Promise<boolean>;
  /** Tells the primary. */
  readonly answer: () => void;
  readonly logger: Logger;
}

/**
 * Answers the primary once the caches show the registration that another worker has made. It announces the server when
 * all workers have answered, so a worker whose caches do not get there answers nevertheless. A stop ends this without
 * an answer.
 */
export async function showRegistration(options: ShowRegistrationOptions): Promise<void> {
  const { catchUp, answer, logger } = options;
  const warn = (reason: string): void => {
    logger.warn({ reason }, 'the registration of the server may not show here yet');
  };
  try {
    if (!(await catchUp())) warn('the caches did not catch up with the store in time');
  } catch (error) {
    if (error instanceof StoppedError) return;
    if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
    warn(error.detail);
  }
  answer();
}
