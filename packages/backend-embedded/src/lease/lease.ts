/** A time to live with the keys that hang on it. */
export interface Lease {
  readonly id: bigint;
  readonly ttlSeconds: number;
  /** When it runs out unless it is renewed; in the table's time. */
  deadlineMs: number;
  /**
   * The keys that hang on it as far as is decided, durable or not. Replaced at each change: an array that grows has room
   * for 17, which a hundred thousand leases with two keys each would pay for.
   */
  keys: readonly string[];
  /** Set while its removal is decided and not yet durable. */
  removal: Promise<void> | undefined;
}
