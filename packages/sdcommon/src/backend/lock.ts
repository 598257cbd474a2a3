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
  /**
   * Gives it back; only ever removes its own. Harmless when it is lost already.
   *
   * While the store is away it throws nothing: the lock is given back as soon as the store answers again, unless
   * the backend is closed before. Whoever gave it back can take it again the moment the store is
   * there.
   *
   * @throws ServiceCenterError other than `unavailableBackend`
   */
  release(): Promise<void>;
}
