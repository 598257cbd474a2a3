import { encodeError, JsonShapeError, ServiceCenterError } from '@service-center/sdcommon';

import { errorReply, type Reply } from './reply.ts';

/**
 * The error that answers a failed request. What is no error of the registry becomes 500003 with its text, never with
 * its stack (spec 01 §5.1).
 */
export function toServiceCenterError(failure: unknown): ServiceCenterError {
  if (ServiceCenterError.is(failure)) return failure;
  if (failure instanceof JsonShapeError) {
    return new ServiceCenterError('invalidParameters', failure.message, { cause: failure });
  }
  const detail = failure instanceof Error ? failure.message : 'unknown failure';
  return new ServiceCenterError('internal', detail, { cause: failure });
}

/** The error envelope and its status. */
export function failureReply(error: ServiceCenterError): Reply {
  return errorReply(error.httpStatus, encodeError(error));
}
