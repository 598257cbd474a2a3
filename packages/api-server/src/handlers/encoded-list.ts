/** A record whose wire encoding is at hand. */
export interface EncodedRecord {
  readonly encoded: string;
}

/** `{"name":[...]}`, or `{}` for no record (spec 01 §2.2). */
export function encodedList(name: string, records: readonly EncodedRecord[]): string {
  if (records.length === 0) return '{}';
  return `{"${name}":[${records.map((record) => record.encoded).join(',')}]}`;
}
