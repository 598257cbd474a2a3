/** A key with its value and its place in the store's history. */
export interface KvRecord {
  readonly key: string;
  /** The stored bytes as UTF-8 text; undefined when they are no valid UTF-8. */
  readonly value: string | undefined;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  /** 1 for a new key, one more with each put, starting again after a deletion. */
  readonly version: bigint;
  /** The lease it hangs on; 0 for none. */
  readonly lease: bigint;
}
