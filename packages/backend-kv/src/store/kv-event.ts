import type { DeleteCause } from '@service-center/sdcommon';

import type { KvRecord } from './kv-record.ts';

/** One change of one key. */
export type KvEvent =
  | { readonly kind: 'put'; readonly record: KvRecord; readonly previous: KvRecord | undefined }
  | {
      readonly kind: 'delete';
      readonly key: string;
      readonly revision: bigint;
      readonly previous: KvRecord | undefined;
      /** `delete`: by an operation; `unregister`: its lease was revoked; `expire`: its lease ran out. */
      readonly cause: DeleteCause;
    };

/** The changes of one or more whole transactions, in order, and the revision after them. */
export interface KvWatchBatch {
  readonly events: readonly KvEvent[];
  readonly revision: bigint;
  /**
   * Monotonic milliseconds of this process at which the changes were known to be durable; absent where the store does
   * not tell, and for history.
   */
  readonly committedMs?: number;
}
