import type { Clock, Logger, MetricRegistry } from '@service-center/sdcommon';

import type { Configuration } from '../configuration/index.ts';

/** What a store is opened with. */
export interface StoreOptions {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricRegistry;
}

/** What a store is opened with that may be away. */
export interface RemoteStoreOptions extends StoreOptions {
  /** Gives up. */
  readonly signal: AbortSignal;
  /** An attempt to open it failed; there will be another one. */
  readonly onAway?: () => void;
}
