import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  type Clock,
  type KnownRecords,
  type ListResult,
  type ListWatch,
  type Logger,
  type Position,
  type ResourceRecord,
  type ResourceType,
  resourceTypes,
} from '@service-center/sdcommon';

import type { AggregatorMetrics } from '../aggregator-metrics.ts';
import type { CacheState } from '../cache/cache-state.ts';
import type { ChangeTracker } from '../cache/change-tracker.ts';
import { pause } from '../feed/pause.ts';
import type { Barrier } from '../freshness/barrier.ts';
import type { SelfPreservation } from '../preservation/self-preservation.ts';
import type { CacheCheck, TypeCheck } from './cache-check.ts';
import { TypeComparison } from './type-comparison.ts';

/** What a {@link CacheChecker} needs. */
export interface CacheCheckerOptions {
  readonly feed: ListWatch<ResourceType>;
  readonly state: CacheState;
  readonly preservation: SelfPreservation;
  readonly barrier: Barrier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AggregatorMetrics;
  /** Time between two checks, milliseconds; varied by up to a tenth. 0: only on demand. */
  readonly intervalMs: number;
  /** How long the caches may take to reach the list, milliseconds. */
  readonly reachTimeoutMs: number;
  /** A number from 0 up to 1, not included; spreads the checks of several servers. */
  readonly random: () => number;
  /** Has the store listed again. */
  readonly requestList: (reason: string) => void;
}

/** How many records are compared before others get a turn. */
const sliceSize = 1000;

/**
 * Compares the caches with the store (design §3.2): the store is listed, the caches are given the time to reach the
 * position of the list, then keys, revisions and contents must agree. A difference is an alarm, and the store is listed again to
 * mend it.
 *
 * Records that change while the check is under way are not judged, nor are those whose deletion is held on purpose.
 */
export class CacheChecker {
  readonly #options: CacheCheckerOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CacheCheckerOptions) {
    this.#options = options;
  }

  /**
   * Checks now. One check runs at a time, others wait for their turn.
   *
   * @throws ServiceCenterError `unavailableBackend` when the store cannot be listed; the signal's reason
   */
  check(signal: AbortSignal): Promise<CacheCheck> {
    const check = this.#last.then(() => this.#counted(signal));
    this.#last = check.catch(() => undefined);
    return check;
  }

  /** Checks again and again until the signal is aborted; fails never. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, intervalMs, random } = this.#options;
    if (intervalMs <= 0) return;
    while (await pause(clock, intervalMs * (0.9 + 0.2 * random()), signal)) {
      try {
        await this.check(signal);
      } catch (error) {
        logger.warn({ err: error }, 'the caches could not be compared with the store');
      }
    }
  }

  async #counted(signal: AbortSignal): Promise<CacheCheck> {
    const { metrics } = this.#options;
    try {
      signal.throwIfAborted();
      const check = await this.#compareWithStore(signal);
      metrics.countCheck(check.isEqual ? 'equal' : 'different');
      return check;
    } catch (error) {
      if (!signal.aborted) metrics.countCheck('failed');
      throw error;
    }
  }

  async #compareWithStore(signal: AbortSignal): Promise<CacheCheck> {
    const { feed, state, barrier, reachTimeoutMs } = this.#options;
    const before = barrier.position;
    // From here on every change is remembered: a key that has none is cached now as it is when the list is made.
    const changed = state.track();
    try {
      const known: KnownRecords = (type, key) => state.cachers[type].get(key);
      const list = await feed.list({ known, signal });
      if (before !== undefined && isBefore(list.position, before)) {
        return this.#notReached(list.position, 'the store is behind the caches; it was restored');
      }
      const isReached = await barrier.waitFor(list.position, {
        timeoutMs: reachTimeoutMs,
        signal,
      });
      if (!isReached) return this.#notReached(list.position, 'the caches do not follow the store');
      return await this.#compare(list, changed, signal);
    } finally {
      state.untrack(changed);
    }
  }

  #notReached(position: Position, reason: string): CacheCheck {
    this.#options.logger.error({ position: position.order }, `cache check failed: ${reason}`);
    this.#options.requestList(reason);
    return { position, isEqual: false, isReached: false, types: [] };
  }

  async #compare(
    list: ListResult<ResourceType>,
    changed: ChangeTracker,
    signal: AbortSignal,
  ): Promise<CacheCheck> {
    const types: TypeCheck[] = [];
    for (const type of resourceTypes)
      types.push(await this.#compareType(type, list, changed, signal));
    const isEqual = types.every(({ missing, stale, extra }) => missing + stale + extra === 0);
    if (!isEqual) {
      const differences = types.filter(({ missing, stale, extra }) => missing + stale + extra > 0);
      this.#options.logger.error(
        { position: list.position.order, differences },
        'cache check failed: caches and store differ',
      );
      this.#options.requestList('caches and store differ');
    }
    return { position: list.position, isEqual, isReached: true, types };
  }

  async #compareType(
    type: ResourceType,
    list: ListResult<ResourceType>,
    changed: ChangeTracker,
    signal: AbortSignal,
  ): Promise<TypeCheck> {
    const cacher = this.#options.state.cachers[type];
    const comparison = new TypeComparison(type);
    const known = new Set<string>();
    for (const change of list.unreadable) if (change.type === type) known.add(change.key);
    const compare = (key: string, stored: ResourceRecord<ResourceType> | undefined): void => {
      if (!this.#isJudged(type, key, changed)) return;
      comparison.add(key, stored, cacher.get(key));
    };
    let sliceLeft = sliceSize;
    for (const resource of list.resources) {
      if (resource.type !== type) continue;
      known.add(resource.key);
      compare(resource.key, resource);
      if (--sliceLeft > 0) continue;
      comparison.flush();
      await nextTurn();
      signal.throwIfAborted();
      sliceLeft = sliceSize;
    }
    const extra: string[] = [];
    for (const { key } of cacher.values()) if (!known.has(key)) extra.push(key);
    for (const key of extra.toSorted()) compare(key, undefined);
    return comparison.finish();
  }

  #isJudged(type: ResourceType, key: string, changed: ChangeTracker): boolean {
    if (changed.has(type, key)) return false;
    return type !== 'INSTANCE' || !this.#options.preservation.isHeld(key);
  }
}

function isBefore(left: Position, right: Position): boolean {
  return left.epoch === right.epoch && left.order < right.order;
}
