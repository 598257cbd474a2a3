import type { TestTime } from '@service-center/sdcommon/testing';

import type { KvStore } from '../../store/kv-store.ts';

/** What a store can do, where stores differ. */
export interface KvStoreFeatures {
  /** The shortest time to live that the store grants as asked, seconds. */
  readonly minTtlSeconds: number;
  /** How long after the end of a lease its keys may still be stored, milliseconds. */
  readonly expiryGraceMs: number;
  /**
   * Whether a lease that ran out is told as `expire`; otherwise it is `unknown`. What was revoked through the store that is
   * watched is `unregister` on every store.
   */
  readonly tellsCauses: boolean;
  /** Whether the store has data of its own that it finds again when it is opened again. */
  readonly reopens: boolean;
}

/** A store to test. It need not be empty: a test keeps to keys of its own. */
export interface KvStoreUnderTest {
  /** The store; another one after {@link KvStoreUnderTest.reopen}. */
  readonly store: KvStore;
  /** Control over the time that decides about leases. */
  readonly time: TestTime;
  /** Closes the store and opens it again on the same data; called only where the store {@link KvStoreFeatures.reopens}. */
  reopen(): Promise<void>;
  /** Closes the store if it is open, and removes what the test left behind. */
  dispose(): Promise<void>;
}

/** Makes stores for the contract suite. */
export interface KvStoreHarness {
  readonly features: KvStoreFeatures;
  open(): Promise<KvStoreUnderTest>;
}
