import {
  Backoff,
  formatTenant,
  ServiceCenterError,
  type Clock,
  type DependencyRepository,
  type Lock,
  type LockOptions,
  type Logger,
  type Tenant,
} from '@service-center/sdcommon';

// The name keeps its slash: the stored key is `/lock//dep-queue` (spec 02 §1.1).
const lockName = '/dep-queue';
const lockTtlSeconds = 60;
const lockRenewMs = (lockTtlSeconds * 1000) / 3;

/**
 * How soon to look again while there is something in the queue, milliseconds: the server that holds the lock may have
 * died with it, and nobody tells of the records it left.
 */
const recheckMs = 2000;

/**
 * How many consumers' records are applied at a time. Each takes several requests to the store, one after the other; those
 * who meet at the same provider have to repeat theirs.
 */
const consumersAtOnce = 8;

/**
 * How often the queue is looked at before the lock is given back while more comes in: taking and returning it costs as much
 * as applying a record, and so does a clean-up, for which nobody waits.
 */
const roundsWithLock = 100;

/** The queueId of a change that replaces what a consumer depends on; also left by a deleted service. */
const overrideQueueId = '0';

/** What a {@link DependencyWorker} works with. */
export interface DependencyWorkerOptions {
  readonly repository: DependencyRepository;
  readonly tryLock: (name: string, options: LockOptions) => Promise<Lock | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often to look without being told, milliseconds. */
  readonly intervalMs: number;
  /** Whether this server's caches show queued records. */
  readonly hasQueued: () => boolean;
}

/**
 * Applies queued dependencies, one server at a time (spec 04 §2.5, spec 03 §7.6).
 *
 * However often it is told, at most one run waits behind the one under way. A server that does not get the lock leaves
 * the work to the one that has it, which is told of the same records, and looks again later.
 */
export class DependencyWorker {
  readonly #options: DependencyWorkerOptions;
  readonly #backoff = new Backoff();
  readonly #stop = new AbortController();
  #isSignalled = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DependencyWorkerOptions) {
    this.#options = options;
  }

  /** Starts to work, beginning with what is in the queue already. Harmless when called again. */
  start(): void {
    this.#isSignalled = true;
    this.#running ??= this.#loop();
  }

  /** Says that there is something in the queue. */
  signal(): void {
    this.#isSignalled = true;
    this.#wake?.();
  }

  /** Stops after the record that is being applied. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the dependency worker is closed'));
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    for (;;) {
      await this.#signalOrInterval();
      if (this.#isStopped()) return;
      this.#isSignalled = false;
      try {
        await this.#run();
        failures = 0;
      } catch (error) {
        if (this.#isStopped()) return;
        logger.warn({ err: error, failures }, 'could not work off the dependency queue');
        // Outside the lock, so that another server can try meanwhile.
        await clock.sleep(this.#backoff.delayMs(failures), signal).catch(ignoreAbort(signal));
        failures++;
        this.#isSignalled = true;
      }
    }
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #hasMore(): boolean {
    return this.#isSignalled && !this.#isStopped();
  }

  async #signalOrInterval(): Promise<void> {
    if (this.#isSignalled || this.#isStopped()) return;
    const { signal } = this.#stop;
    const { clock, hasQueued } = this.#options;
    const waitMs = hasQueued() ? recheckMs : this.#options.intervalMs;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancel();
        signal.removeEventListener('abort', finish);
        this.#wake = undefined;
        resolve();
      };
      const cancel = clock.schedule(waitMs, finish);
      this.#wake = finish;
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const lock = await this.#options.tryLock(lockName, { ttlSeconds: lockTtlSeconds, signal });
    if (lock === undefined) return;
    try {
      const renew = this.#renewal(lock);
      const overridden = new Map<string, Tenant>();
      for (let round = 0; round < roundsWithLock; round++) {
        this.#isSignalled = false;
        await this.#workOff(renew, overridden);
        if (!this.#hasMore()) break;
      }
      if (this.#isStopped()) return;
      for (const tenant of overridden.values()) await this.#cleanUp(tenant);
    } finally {
      await lock.release();
    }
  }

  /** What renews a lock when it is time to. */
  #renewal(lock: Lock): () => Promise<void> {
    const { clock } = this.#options;
    let renewedMs = clock.monotonicMs();
    return async () => {
      if (clock.monotonicMs() - renewedMs < lockRenewMs) return;
      renewedMs = clock.monotonicMs();
      await lock.renew();
    };
  }

  /** Applies what is in the queue. @param overridden - gets the tenants that are to be cleaned up */
  async #workOff(renew: () => Promise<void>, overridden: Map<string, Tenant>): Promise<void> {
    const { repository, logger } = this.#options;
    const discarded = await repository.discardUnreadable();
    if (discarded > 0) logger.warn({ discarded }, 'removed unreadable dependency queue records');
    // What one consumer asked for is applied in that order.
    const consumers = Map.groupBy(await repository.listQueue(), ({ identity }) =>
      [formatTenant(identity.tenant), identity.serviceId].join('/'),
    ).values();
    const work = async (): Promise<void> => {
      for (const ofConsumer of consumers) {
        for (const queued of ofConsumer) {
          if (this.#isStopped()) return;
          await renew();
          await repository.apply(queued);
          const { tenant, queueId } = queued.identity;
          if (queueId === overrideQueueId) overridden.set(formatTenant(tenant), tenant);
        }
      }
    };
    // Whoever fails stops, and the lock is kept until the others are through.
    const outcomes = await Promise.allSettled(Array.from({ length: consumersAtOnce }, work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** What a clean-up leaves behind does no harm, and the next one takes it along; so a failure stops nothing. */
  async #cleanUp(tenant: Tenant): Promise<void> {
    try {
      await this.#options.repository.cleanUp(tenant);
    } catch (error) {
      if (!ServiceCenterError.is(error)) throw error;
      this.#options.logger.warn(
        { err: error, tenant: formatTenant(tenant) },
        'could not clean up dependency rules',
      );
    }
  }
}

function ignoreAbort(signal: AbortSignal): (reason: unknown) => void {
  return (reason) => {
    if (!signal.aborted) throw reason;
  };
}
