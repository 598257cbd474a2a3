import type {
  CacheEvent,
  Clock,
  ListResult,
  ListWatchResponse,
  Logger,
  ResourceType,
} from '@service-center/sdcommon';

import type { AggregatorMetrics } from '../aggregator-metrics.ts';
import type { FeedSink } from '../feed/feed-loop.ts';
import type { Barrier } from '../freshness/barrier.ts';
import { type HeldDeletion, SelfPreservation } from '../preservation/self-preservation.ts';
import type { SelfPreservationOptions } from '../preservation/self-preservation-options.ts';
import { CacheEventPublisher } from './cache-event-publisher.ts';
import type { CacheEventStreams } from './cache-event-streams.ts';
import type { CacheState } from './cache-state.ts';
import { ListApplier } from './list-applier.ts';
import { UnreadableRecords } from './unreadable-records.ts';
import { WatchApplier } from './watch-applier.ts';

/** What a {@link CachePipeline} needs. */
export interface CachePipelineOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AggregatorMetrics;
  readonly state: CacheState;
  /** Is moved when caches, indexes and find answers have taken something over, before followers are told. */
  readonly barrier: Barrier;
  readonly selfPreservation: SelfPreservationOptions | undefined;
}

/** Leads what the feed shows through self-preservation into the caches, and on to their followers (spec 03 §12.3). */
export class CachePipeline implements FeedSink {
  readonly #clock: Clock;
  readonly #metrics: AggregatorMetrics;
  readonly #state: CacheState;
  readonly #barrier: Barrier;
  readonly #publisher: CacheEventPublisher;
  readonly #watchApplier: WatchApplier;
  readonly #listApplier: ListApplier;
  readonly #ready = Promise.withResolvers<void>();
  readonly preservation: SelfPreservation;
  #isReady = false;

  constructor(options: CachePipelineOptions) {
    const { clock, logger, metrics, state, barrier, selfPreservation } = options;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#state = state;
    this.#barrier = barrier;
    this.#publisher = new CacheEventPublisher({ clock, logger, metrics });
    this.preservation = new SelfPreservation({
      clock,
      logger,
      ...(selfPreservation !== undefined && { options: selfPreservation }),
      population: () => state.cachers.INSTANCE.size,
      release: (deletions) => {
        this.#release(deletions);
      },
    });
    const unreadable = new UnreadableRecords(logger, (type) => {
      metrics.of(type).unreadable.inc();
    });
    const appliers = { state, preservation: this.preservation, unreadable };
    this.#watchApplier = new WatchApplier(appliers);
    this.#listApplier = new ListApplier({
      ...appliers,
      clock,
      publish: (events) => {
        this.#publish(events);
      },
    });
  }

  get streams(): CacheEventStreams {
    return this.#publisher.streams;
  }

  /** Whether a list was applied completely. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Settles once the first list is applied, or the pipeline is closed before. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  async applyList(list: ListResult<ResourceType>, signal: AbortSignal): Promise<void> {
    await this.#listApplier.apply(list, !this.#isReady, signal);
    this.#metrics.lists.inc();
    this.#barrier.advance(list.position);
    this.#isReady = true;
    this.#ready.resolve();
  }

  applyResponse(response: ListWatchResponse<ResourceType>, receivedMs: number): void {
    const events: CacheEvent[] = [];
    try {
      this.#watchApplier.apply(response, receivedMs, events);
      this.#barrier.advance(response.position);
    } finally {
      this.#publish(events);
    }
  }

  /** Ends those who wait for {@link CachePipeline.ready}. */
  abandon(reason: unknown): void {
    // Nobody needs to wait for it.
    this.#ready.promise.catch(() => undefined);
    this.#ready.reject(reason);
  }

  /** Forgets held deletions and completes the events; nothing may be applied afterwards. */
  close(): void {
    this.preservation.close();
    this.#publisher.streams.complete();
  }

  #release(deletions: readonly HeldDeletion[]): void {
    const context = { receivedMs: this.#clock.monotonicMs(), isFirstList: false };
    const events: CacheEvent[] = [];
    for (const { key, revision } of deletions) {
      const event = this.#state.cachers.INSTANCE.remove(key, 'unknown', revision, context);
      if (event === undefined) continue;
      this.#state.follow(event);
      events.push(event);
    }
    this.#publish(events);
  }

  #publish(events: readonly CacheEvent[]): void {
    this.#publisher.countApplied(events);
    this.#publisher.publish(events);
  }
}
