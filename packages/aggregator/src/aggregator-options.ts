import type { Backend, Clock, Logger, MetricRegistry } from '@service-center/sdcommon';

import type { SelfPreservationOptions } from './preservation/self-preservation-options.ts';

/** What an {@link Aggregator} needs. */
export interface AggregatorOptions {
  /** Where the records come from. With its health, a store that was away is followed again as soon as it is back. */
  readonly backend: Pick<Backend, 'feed' | 'position'> & Partial<Pick<Backend, 'health$'>>;
  readonly clock: Clock;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
  /** Default: a registry of its own that nobody reads. */
  readonly metrics?: MetricRegistry;
  /** When vanished instances are kept for a while. */
  readonly selfPreservation?: SelfPreservationOptions;
  /** How much the find cache may hold. Default 64 MiB. */
  readonly findCacheMaxBytes?: number;
  /** Time between two comparisons with the store, milliseconds, varied by up to a tenth; 0: none. Default 300000. */
  readonly checkIntervalMs?: number;
  /** How long the caches may take to reach what the store held at a check, milliseconds. Default 30000. */
  readonly checkReachTimeoutMs?: number;
  /** How many requests may wait for the caches at once. Default 100000. */
  readonly maxWaiters?: number;
  /** A number from 0 up to 1, not included. Default: Math.random. */
  readonly random?: () => number;
}
