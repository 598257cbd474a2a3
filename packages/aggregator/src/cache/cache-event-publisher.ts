import type { CacheEvent, Clock, Logger } from '@service-center/sdcommon';

import type { AggregatorMetrics } from '../aggregator-metrics.ts';
import { CacheEventStreams } from './cache-event-streams.ts';

/** What a {@link CacheEventPublisher} needs. */
export interface CacheEventPublisherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AggregatorMetrics;
}

/** Counts cache events and hands them to their followers. */
export class CacheEventPublisher {
  readonly #clock: Clock;
  readonly #metrics: AggregatorMetrics;
  readonly streams: CacheEventStreams;

  constructor(options: CacheEventPublisherOptions) {
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.streams = new CacheEventStreams((error, event) => {
      options.metrics.followerErrors.inc();
      options.logger.error(
        {
          err: error,
          resourceType: event.resourceType,
          key: event.resource.key,
          action: event.type,
        },
        'a follower of cache events failed',
      );
    });
  }

  /** Counts events that the caches have taken over together. */
  countApplied(events: readonly CacheEvent[]): void {
    const nowMs = this.#clock.monotonicMs();
    for (const event of events) {
      const metrics = this.#metrics.of(event.resourceType);
      metrics.events.inc();
      metrics.eventDurations.observe((nowMs - event.receivedMs) * 1000);
      metrics.dispatching.inc();
    }
  }

  /** Hands out events that were counted, in their order, each to all its followers before the next. */
  publish(events: readonly CacheEvent[]): void {
    for (const event of events) {
      this.streams.publish(event);
      const metrics = this.#metrics.of(event.resourceType);
      metrics.dispatching.inc(-1);
      metrics.dispatchDurations.observe((this.#clock.monotonicMs() - event.receivedMs) * 1000);
    }
  }
}
