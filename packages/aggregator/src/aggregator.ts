import {
  type CacheEvent,
  type Position,
  type ResourceType,
  silentLogger,
} from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import { AggregatorMetrics } from './aggregator-metrics.ts';
import type { AggregatorOptions } from './aggregator-options.ts';
import { CachePipeline } from './cache/cache-pipeline.ts';
import { CacheState } from './cache/cache-state.ts';
import type { ResourceCache } from './cache/resource-cache.ts';
import type { CacheCheck } from './check/cache-check.ts';
import { CacheChecker } from './check/cache-checker.ts';
import { FeedLoop } from './feed/feed-loop.ts';
import type { FindCache } from './find/find-cache.ts';
import { Barrier, type WaitOptions } from './freshness/barrier.ts';
import { PositionQuery } from './freshness/position-query.ts';
import type { DependencyIndex } from './index/dependency-index.ts';
import type { InstanceIndex } from './index/instance-index.ts';
import type { RuleIndex } from './index/rule-index.ts';
import type { SchemaIndex } from './index/schema-index.ts';
import type { ServiceIndex } from './index/service-index.ts';
import type { TagIndex } from './index/tag-index.ts';

const defaultCheckIntervalMs = 5 * 60 * 1000;
const defaultCheckReachTimeoutMs = 30_000;

/**
 * Mirrors a backend into memory: one cache for each type of resource, indexes over them, and find answers as bytes, all
 * fed by the backend's one ordered feed (design §3, spec 03).
 *
 * Follow {@link Aggregator.events$} before {@link Aggregator.start}, so that nothing is missed. When a follower sees an
 * event, everything here reflects it already.
 */
export class Aggregator implements AsyncDisposable {
  readonly #state: CacheState;
  readonly #metrics: AggregatorMetrics;
  readonly #pipeline: CachePipeline;
  readonly #barrier: Barrier;
  readonly #positionQuery: PositionQuery;
  readonly #loop: FeedLoop;
  readonly #checker: CacheChecker;
  readonly #closing = new AbortController();
  readonly #stopCollecting: () => void;
  #running: Promise<unknown> | undefined;

  constructor(options: AggregatorOptions) {
    const { backend, clock } = options;
    const logger = options.logger ?? silentLogger;
    const metrics = new AggregatorMetrics(options.metrics);
    this.#metrics = metrics;
    this.#state = new CacheState(options);
    this.#barrier = new Barrier({
      clock,
      ...(options.maxWaiters !== undefined && { maxWaiters: options.maxWaiters }),
      onTimeOver: () => {
        metrics.barrierTimeOvers.inc();
      },
    });
    this.#pipeline = new CachePipeline({
      clock,
      logger,
      metrics,
      state: this.#state,
      barrier: this.#barrier,
      selfPreservation: options.selfPreservation,
    });
    this.#loop = new FeedLoop({
      feed: backend.feed,
      sink: this.#pipeline,
      clock,
      logger,
      ...(backend.health$ !== undefined && { health$: backend.health$ }),
    });
    const requestList = (reason: string): void => {
      this.#loop.requestList(reason);
    };
    this.#positionQuery = new PositionQuery({
      ask: (signal) => backend.position(signal),
      barrier: this.#barrier,
      onAnswer: (position, before) => {
        this.#compareWithStore(position, before);
      },
    });
    this.#checker = new CacheChecker({
      feed: backend.feed,
      state: this.#state,
      preservation: this.#pipeline.preservation,
      barrier: this.#barrier,
      clock,
      logger,
      metrics,
      intervalMs: options.checkIntervalMs ?? defaultCheckIntervalMs,
      reachTimeoutMs: options.checkReachTimeoutMs ?? defaultCheckReachTimeoutMs,
      random: options.random ?? Math.random,
      requestList,
    });
    this.#stopCollecting = metrics.registry.onCollect(() => {
      this.#collect();
    });
  }

  /** Services by id, name and alias. */
  get services(): ServiceIndex {
    return this.#state.indexes.services;
  }

  /** Instances by service. */
  get instances(): InstanceIndex {
    return this.#state.indexes.instances;
  }

  /** Tags by service. */
  get tags(): TagIndex {
    return this.#state.indexes.tags;
  }

  /** Black and white lists by service. */
  get rules(): RuleIndex {
    return this.#state.indexes.rules;
  }

  /** Who depends on whom. */
  get dependencies(): DependencyIndex {
    return this.#state.indexes.dependencies;
  }

  /** Hashes and summaries of schemas by service. */
  get schemas(): SchemaIndex {
    return this.#state.indexes.schemas;
  }

  /** Find answers as bytes. */
  get findCache(): FindCache {
    return this.#state.findCache;
  }

  /** The events of all types, in store order. A follower that throws is logged and keeps following. */
  get events$(): Observable<CacheEvent> {
    return this.#pipeline.streams.events$;
  }

  /** What the caches have passed; undefined before the first list, and while a restored store is listed again. */
  get position(): Position | undefined {
    return this.#barrier.position;
  }

  /** Whether everything was listed once. */
  get isReady(): boolean {
    return this.#pipeline.isReady;
  }

  /** Whether a mass disappearance of instances is being held back (spec 03 §6). */
  get isSelfPreserving(): boolean {
    return this.#pipeline.preservation.isProtecting;
  }

  /** All records of a type by their keys. */
  cache<T extends ResourceType>(type: T): ResourceCache<T> {
    return this.#state.cachers[type];
  }

  /** The events of one type, in store order. */
  events<T extends ResourceType>(type: T): Observable<CacheEvent<T>> {
    return this.#pipeline.streams.ofType(type);
  }

  /**
   * Starts to follow the backend.
   *
   * @param signal - ends the wait, not the following; call {@link Aggregator.close} for that
   * @returns once everything stored is cached, however long the store takes to answer
   * @throws the signal's reason; Error when started twice, or closed
   */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#running !== undefined) throw new Error('the aggregator was started already');
    this.#closing.signal.throwIfAborted();
    signal?.throwIfAborted();
    this.#running = Promise.all([
      this.#loop.run(this.#closing.signal),
      this.#checker.run(this.#closing.signal),
    ]);
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => {
      aborted.reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([this.#pipeline.ready, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /**
   * Waits until the caches have passed a position, such as that of a write.
   *
   * @returns false when the time was over first
   * @throws the signal's reason
   */
  waitFor(position: Position, options: WaitOptions): Promise<boolean> {
    return this.#barrier.waitFor(position, options);
  }

  /**
   * Waits until the caches have passed everything that the store holds now. The store is asked once for all who wait.
   *
   * @returns false when the time was over first
   * @throws ServiceCenterError `unavailableBackend` when the store cannot be asked; the signal's reason
   */
  sync(options: WaitOptions): Promise<boolean> {
    return this.#positionQuery.sync(options);
  }

  /**
   * Compares the caches with the store, by key and revision. A difference is logged and counted, and mended by listing
   * the store again.
   *
   * @throws ServiceCenterError `unavailableBackend` when the store cannot be listed; the signal's reason
   */
  check(signal?: AbortSignal): Promise<CacheCheck> {
    const closing = this.#closing.signal;
    return this.#checker.check(signal === undefined ? closing : AbortSignal.any([closing, signal]));
  }

  /** Stops following, ends all waits and completes the events. The caches stay readable. Harmless when called again. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the aggregator is closed'));
    this.#pipeline.abandon(this.#closing.signal.reason);
    this.#barrier.close();
    await this.#positionQuery.close();
    await this.#running;
    this.#stopCollecting();
    this.#pipeline.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A store that stands elsewhere than the caches have been was restored or replaced; a watch may stay silent then.
   *
   * Compared with where the caches were when it was asked: an answer takes its time, and the feed of a store that is
   * written to overtakes it. Nor does an answer count that was given before the caches turned to another history.
   */
  #compareWithStore(position: Position, before: Position | undefined): void {
    const own = this.#barrier.position;
    if (own === undefined || before === undefined || own.epoch !== before.epoch) return;
    if (position.epoch !== before.epoch || position.order < before.order) {
      this.#barrier.invalidate();
      this.#loop.requestList('the store is behind the caches, or another one');
    }
  }

  #collect(): void {
    this.#metrics.setCacheBytes((type) => this.#state.bytesOf(type));
    this.#metrics.heldDeletions.set(this.#pipeline.preservation.heldCount);
    const { bytes, hits, misses } = this.#state.findCache.statistics;
    this.#metrics.findCacheBytes.set(bytes);
    this.#metrics.findCacheHits.set(hits);
    this.#metrics.findCacheMisses.set(misses);
  }
}
