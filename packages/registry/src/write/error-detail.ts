import { ServiceCenterError, type ErrorName } from '@service-center/sdcommon';

/**
 * Gives the refusals of a store operation the details that clients know (spec 01 §4); other errors pass as they are.
 *
 * @param details - the detail for each name of error
 */
export async function withDetail<T>(
  operation: Promise<T>,
  details: Partial<Readonly<Record<ErrorName, string>>>,
): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!ServiceCenterError.is(error)) throw error;
    const detail = details[error.errorName];
    if (detail === undefined) throw error;
    throw new ServiceCenterError(error.errorName, detail, { cause: error });
  }
}
