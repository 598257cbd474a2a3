import { ServiceCenterError } from '@service-center/sdcommon';

const maxAttempts = 100;

/**
 * Runs an attempt to change what it has read until nobody else changed that meanwhile. One of the writers that meet
 * gets through each time, so the bound is reached only by that many of them at once.
 *
 * @param subject - what is changed, for the error
 * @param attempt - returns undefined when a compare of its transaction did not hold
 * @throws ServiceCenterError `unavailableBackend` after 100 conflicts; whatever an attempt throws
 */
export async function retryOnConflict<T>(
  subject: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let count = 0; count < maxAttempts; count++) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new ServiceCenterError(
    'unavailableBackend',
    `${subject} was changed by others ${maxAttempts} times while it was being changed`,
  );
}
