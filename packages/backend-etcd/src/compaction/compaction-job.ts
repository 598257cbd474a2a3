import type { KvStore } from '@service-center/backend-kv';
import type { Backend, Clock, Logger } from '@service-center/sdcommon';

/** When and how far history is compacted. */
export interface CompactionOptions {
  /** Milliseconds between two compactions. Default 43,200,000: 12 h. */
  readonly intervalMs?: number;
  /** How many of the latest revisions are kept. Default 100. */
  readonly keptRevisions?: number;
}

/** What a {@link CompactionJob} works with. */
export interface CompactionJobOptions extends CompactionOptions {
  readonly store: Pick<KvStore, 'currentRevision' | 'compact'>;
  readonly locks: Pick<Backend, 'tryLock'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Locks of this name exclude servers of the reference too (spec 02 §1.1, locks). */
const lockName = '/etcd-compact';
const lockTtlSeconds = 60;
const defaultIntervalMs = 12 * 60 * 60 * 1000;
const defaultKeptRevisions = 100;

/**
 * Compacts the history of the store now and then, by one server at a time (spec 02 §1.10). etcd keeps every change until
 * it is told to forget; without this its disk fills up.
 */
export class CompactionJob {
  readonly #options: CompactionJobOptions;
  readonly #intervalMs: number;
  readonly #keptRevisions: bigint;
  readonly #stopping = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: CompactionJobOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? defaultIntervalMs;
    this.#keptRevisions = BigInt(options.keptRevisions ?? defaultKeptRevisions);
  }

  /** Begins to compact, an interval from now for the first time. */
  start(): void {
    this.#cancelTimer = this.#options.clock.schedule(this.#intervalMs, () => {
      this.#running = this.#runOnce();
    });
  }

  /** Compacts no more; waits for a compaction under way. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the compaction is stopped'));
    this.#cancelTimer?.();
    await this.#running;
  }

  async #runOnce(): Promise<void> {
    const { logger } = this.#options;
    try {
      const revision = await this.#compact(this.#stopping.signal);
      if (revision !== undefined) {
        logger.info({ revision: String(revision) }, 'etcd: history is compacted');
      }
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        logger.warn({ err: error }, 'etcd: history could not be compacted');
      }
    }
    if (!this.#stopping.signal.aborted) this.start();
  }

  /** @returns the revision that history begins with now; undefined when another server is at it, or there is too little */
  async #compact(signal: AbortSignal): Promise<bigint | undefined> {
    const { store, locks } = this.#options;
    const lock = await locks.tryLock(lockName, { ttlSeconds: lockTtlSeconds, signal });
    if (lock === undefined) return undefined;
    try {
      const revision = (await store.currentRevision(signal)) - this.#keptRevisions;
      if (revision <= 0n) return undefined;
      await store.compact(revision);
      return revision;
    } finally {
      await lock.release();
    }
  }
}
