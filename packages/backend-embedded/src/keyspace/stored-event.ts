import type { DeleteCause } from '@service-center/sdcommon';

import type { StoredRecord } from './stored-record.ts';

/** One change of one key, with the rows it concerns; a KvEvent for everybody else. */
export type StoredEvent =
  | {
      readonly kind: 'put';
      readonly record: StoredRecord;
      readonly previous: StoredRecord | undefined;
    }
  | {
      readonly kind: 'delete';
      readonly key: string;
      readonly revision: bigint;
      readonly previous: StoredRecord;
      readonly cause: DeleteCause;
    };

/** What one transaction wrote: at least one change, all at one revision. */
export interface StoredTransaction {
  readonly revision: bigint;
  readonly events: readonly StoredEvent[];
}

/** The key that changed. */
export function keyOf(event: StoredEvent): string {
  return event.kind === 'put' ? event.record.key : event.key;
}

/** The record after the change. */
export function recordAfter(event: StoredEvent): StoredRecord | undefined {
  return event.kind === 'put' ? event.record : undefined;
}
