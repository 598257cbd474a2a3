import {
  type Counter,
  type Gauge,
  MetricRegistry,
  type ResourceType,
  resourceTypes,
  type Summary,
} from '@service-center/sdcommon';

/** The series of one type, looked up once. */
export interface TypeMetrics {
  readonly events: Gauge;
  readonly eventDurations: Summary;
  readonly dispatching: Gauge;
  readonly dispatchDurations: Summary;
  readonly cacheBytes: Gauge;
  readonly unreadable: Counter;
}

/** How a cache check ended. */
export type CacheCheckOutcome = 'equal' | 'different' | 'failed';

/** What the aggregator counts. The first five families have the names of the reference (spec 03 §10). */
export class AggregatorMetrics {
  readonly registry: MetricRegistry;
  readonly barrierTimeOvers: Counter;
  readonly followerErrors: Counter;
  readonly heldDeletions: Gauge;
  readonly findCacheBytes: Gauge;
  readonly findCacheHits: Gauge;
  readonly findCacheMisses: Gauge;
  readonly lists: Counter;
  readonly #types: Readonly<Record<ResourceType, TypeMetrics>>;
  readonly #checks: Readonly<Record<CacheCheckOutcome, Counter>>;

  constructor(registry: MetricRegistry = new MetricRegistry()) {
    this.registry = registry;
    const events = registry.gauge({
      name: 'db_backend_event_total',
      help: 'Changes of the store that were applied to the caches',
      labelNames: ['prefix'],
      combine: 'max',
    });
    const eventDurations = registry.summary({
      name: 'db_backend_event_durations_microseconds',
      help: 'From the arrival of a change to the changed cache',
      labelNames: ['prefix'],
    });
    const dispatching = registry.gauge({
      name: 'db_dispatch_event_total',
      help: 'Cache events that not all followers have seen yet',
      labelNames: ['prefix'],
    });
    const dispatchDurations = registry.summary({
      name: 'db_dispatch_event_durations_microseconds',
      help: 'From the arrival of a change until all followers have seen it',
      labelNames: ['prefix'],
    });
    const cacheBytes = registry.gauge({
      name: 'local_cache_size_bytes',
      help: 'What the cached records take in memory, estimated',
      labelNames: ['resource', 'type'],
      combine: 'max',
    });
    const unreadable = registry.counter({
      name: 'cache_unreadable_record_total',
      help: 'Stored records that could not be read',
      labelNames: ['prefix'],
    });
    const typeMetrics = (type: ResourceType): TypeMetrics => ({
      events: events.labels(type),
      eventDurations: eventDurations.labels(type),
      dispatching: dispatching.labels(type),
      dispatchDurations: dispatchDurations.labels(type),
      cacheBytes: cacheBytes.labels(type, 'raw'),
      unreadable: unreadable.labels(type),
    });
    this.#types = {
      DOMAIN: typeMetrics('DOMAIN'),
      PROJECT: typeMetrics('PROJECT'),
      SERVICE: typeMetrics('SERVICE'),
      SERVICE_INDEX: typeMetrics('SERVICE_INDEX'),
      SERVICE_ALIAS: typeMetrics('SERVICE_ALIAS'),
      SERVICE_TAG: typeMetrics('SERVICE_TAG'),
      RULE: typeMetrics('RULE'),
      RULE_INDEX: typeMetrics('RULE_INDEX'),
      SCHEMA_REF: typeMetrics('SCHEMA_REF'),
      SCHEMA_SUMMARY: typeMetrics('SCHEMA_SUMMARY'),
      DEPENDENCY_RULE: typeMetrics('DEPENDENCY_RULE'),
      DEPENDENCY_QUEUE: typeMetrics('DEPENDENCY_QUEUE'),
      INSTANCE: typeMetrics('INSTANCE'),
    };
    const checks = registry.counter({
      name: 'cache_check_total',
      help: 'Comparisons of the caches with the store',
      labelNames: ['result'],
    });
    this.#checks = {
      equal: checks.labels('equal'),
      different: checks.labels('different'),
      failed: checks.labels('failed'),
    };
    const counter = (name: string, help: string): Counter =>
      registry.counter({ name, help }).labels();
    const gauge = (name: string, help: string, combine: 'sum' | 'max' = 'sum'): Gauge =>
      registry.gauge({ name, help, combine }).labels();
    this.barrierTimeOvers = counter(
      'cache_barrier_time_over_total',
      'Requests that did not see the caches reach their position in time',
    );
    this.followerErrors = counter('cache_follower_error_total', 'Errors thrown by followers');
    this.lists = counter('cache_list_total', 'Complete lists of the store that were applied');
    this.heldDeletions = gauge(
      'cache_held_deletion_total',
      'Vanished instances that are kept for the time being',
      'max',
    );
    this.findCacheBytes = gauge(
      'find_cache_size_bytes',
      'What cached find answers take in memory',
      'max',
    );
    this.findCacheHits = gauge('find_cache_hit_total', 'Find requests answered from cached bytes');
    this.findCacheMisses = gauge('find_cache_miss_total', 'Find answers that had to be selected');
  }

  /** The series of a type. */
  of(type: ResourceType): TypeMetrics {
    return this.#types[type];
  }

  /** Counts a cache check. */
  countCheck(outcome: CacheCheckOutcome): void {
    this.#checks[outcome].inc();
  }

  /** Sets the sizes of the caches. */
  setCacheBytes(bytesOf: (type: ResourceType) => number): void {
    for (const type of resourceTypes) this.#types[type].cacheBytes.set(bytesOf(type));
  }
}
