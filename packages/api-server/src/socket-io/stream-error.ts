import { errorTable, type ServiceCenterError, type StreamError } from '@service-center/sdcommon';

/** What a client of socket.io is told of an error: the envelope of the REST API (spec 01 §5.1). */
export function streamErrorOf({ code, errorName, detail }: ServiceCenterError): StreamError {
  return { errorCode: code, errorMessage: errorTable[errorName].message, detail };
}
