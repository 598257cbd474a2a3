/** How to take a lock. */
export interface LockOptions {
  /** How long a holder that died keeps it. Values below 1 count as 60. */
  readonly ttlSeconds: number;
  readonly signal: AbortSignal;
}

/** A lock that is held, over all servers of one store (spec 02 §1.5). */
export interface Lock {
  /** Starts the time to live anew. @throws ServiceCenterError when it is no longer held, or the store is away */
  renew(): Promise<void>;
  /** Gives it back; only ever removes its own. Harmless when it is lost already. */
  release(): Promise<void>;
}
