import { errorTable } from '../model/error-table.ts';
import type { ServiceCenterError } from '../model/service-center-error.ts';
import { JsonWriter } from './json-writer.ts';

/**
 * The error envelope (spec 01 §5.1): `errorCode` is a string, `errorMessage` is always there, no blanks: a client
 * searches the raw text for `"errorCode":"400012"`.
 */
export function encodeError(error: ServiceCenterError): string {
  return new JsonWriter()
    .text('errorCode', error.code)
    .keep('errorMessage', JSON.stringify(errorTable[error.errorName].message))
    .text('detail', error.detail)
    .end();
}
