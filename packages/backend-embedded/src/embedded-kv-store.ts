import {
  StoreHealth,
  type KvRecord,
  type KvStore,
  type KvTransaction,
  type KvTransactionResult,
  type KvWatchBatch,
  type LeaseGrant,
  type RangeOptions,
  type RangeResult,
} from '@service-center/backend-kv';
import {
  noStoreOperationObserver,
  ServiceCenterError,
  WatchError,
  type BackendHealth,
  type Clock,
  type DeleteCause,
  type Logger,
  type StoreOperation,
  type StoreOperationObserver,
} from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import { writeBackup } from './backup/write-backup.ts';
import { BatchWriter } from './commit/batch-writer.ts';
import { CommitQueue } from './commit/commit-queue.ts';
import { WriteProbe } from './commit/write-probe.ts';
import type { DirectoryLock } from './directory/directory-lock.ts';
import type { Manifest } from './directory/manifest.ts';
import { readRange } from './keyspace/read-range.ts';
import type { StoredTransaction } from './keyspace/stored-event.ts';
import { LeaseExpirer } from './lease/lease-expirer.ts';
import type { LeaseTable } from './lease/lease-table.ts';
import type { Lease } from './lease/lease.ts';
import { openStore, type EmbeddedStoreOptions, type OpenedStore } from './open-store.ts';
import type { StoreState } from './transaction/store-state.ts';
import { WatchHub } from './watch/watch-hub.ts';

/** The page of a range when the caller gives no limit (spec 03 §1.6). */
const defaultPageSize = 4096;

/**
 * A durable key-value store for one process, in one directory (design §3.4).
 *
 * All records are in memory, so reads touch no disk. A transaction is decided in memory against what is durable and
 * what is decided before it, is written by a thread together with others, and is answered and shown to watches when it
 * is on disk. After a crash or a power cut everything answered is there.
 */
export class EmbeddedKvStore implements KvStore, AsyncDisposable {
  readonly epoch: string;
  readonly health$: Observable<BackendHealth>;
  readonly #manifest: Manifest;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #observer: StoreOperationObserver;
  readonly #state: StoreState;
  readonly #leases: LeaseTable;
  readonly #expirer: LeaseExpirer;
  readonly #hub: WatchHub;
  /** Whether the last write succeeded. */
  readonly #health = new StoreHealth();
  readonly #queue: CommitQueue;
  readonly #writer: BatchWriter;
  readonly #probe: WriteProbe;
  readonly #lock: DirectoryLock;
  #closed: Promise<void> | undefined;

  private constructor(options: EmbeddedStoreOptions, opened: OpenedStore) {
    const { state, leases } = opened;
    this.epoch = opened.manifest.storeId;
    this.#manifest = opened.manifest;
    this.health$ = this.#health.changes$;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#observer = options.observer ?? noStoreOperationObserver;
    this.#state = state;
    this.#leases = leases;
    this.#lock = opened.lock;
    this.#hub = new WatchHub(state.history, state.revision);
    this.#writer = new BatchWriter({
      ...opened,
      revision: state.revision,
      recordCount: state.keys.size,
      ttlSecondsOf: (id) => leases.get(id)?.ttlSeconds ?? 0,
      onAdopted: (batch) => {
        state.drop();
        state.adopt(batch);
        this.#hub.publish(batch, this.#clock.monotonicMs());
      },
      clock: this.#clock,
      logger: this.#logger,
      observer: this.#observer,
      metrics: options.metrics,
    });
    this.#queue = new CommitQueue({
      write: (batch) => this.#write(batch),
      onDurable: (batch) => {
        state.settle(batch);
        this.#hub.publish(batch, this.#clock.monotonicMs());
      },
      onDropped: () => {
        state.drop();
      },
    });
    this.#probe = new WriteProbe({
      clock: this.#clock,
      isNeeded: () => !this.#health.isUp,
      write: () => this.#queue.probe(),
    });
    this.#expirer = new LeaseExpirer({
      clock: this.#clock,
      leases,
      expire: (lease) => this.#removeLease(lease, 'expire'),
      onFailure: (error) => {
        this.#logger.warn({ err: error }, 'embedded store: an expired lease is not removed yet');
      },
    });
    this.#expirer.start();
  }

  /**
   * Opens the store of a directory, and creates both when they are missing.
   *
   * @throws StoreOpenError when the directory cannot be used; nothing in it was changed
   */
  static async open(options: EmbeddedStoreOptions): Promise<EmbeddedKvStore> {
    return new EmbeddedKvStore(options, await openStore(options));
  }

  range(options: RangeOptions): Promise<RangeResult> {
    return this.#observe('GET', async () => {
      options.signal?.throwIfAborted();
      const { keys, history, revision: current } = this.#state;
      const revision = options.atRevision ?? current;
      if (revision < history.floor) {
        throw new WatchError('compacted', `history begins at revision ${history.floor}`);
      }
      if (revision > current) {
        throw new WatchError('invalidPosition', `the store is at revision ${current}`);
      }
      return readRange(keys, history, {
        prefix: options.prefix,
        afterKey: options.afterKey,
        limit: options.limit ?? defaultPageSize,
        revision,
      });
    });
  }

  get(key: string): Promise<KvRecord | undefined> {
    return this.#observe('GET', async () => this.#state.keys.get(key));
  }

  commit(transaction: KvTransaction): Promise<KvTransactionResult> {
    return this.#observe('TXN', async () => {
      const decided = this.#state.decide(transaction);
      if (decided.transaction === undefined) await this.#queue.settled();
      else await this.#queue.enqueue(decided.transaction);
      const { succeeded, revision, gets } = decided;
      return { succeeded, revision, gets };
    });
  }

  grantLease(ttlSeconds: number): Promise<LeaseGrant> {
    return this.#observe('LEASE_GRANT', async () => {
      if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
        throw new RangeError(`a lease lives a positive whole number of seconds, not ${ttlSeconds}`);
      }
      return { id: this.#leases.grant(ttlSeconds, this.#expirer.nowMs()).id, ttlSeconds };
    });
  }

  renewLease(id: bigint): Promise<number | undefined> {
    return this.#observe('LEASE_RENEW', async () => {
      const lease = this.#leases.get(id);
      if (lease?.removal !== undefined) await lease.removal.catch(() => undefined);
      if (lease === undefined || this.#leases.get(id) !== lease) return undefined;
      this.#leases.renew(lease, this.#expirer.nowMs());
      return lease.ttlSeconds;
    });
  }

  revokeLease(id: bigint): Promise<bigint | undefined> {
    return this.#observe('LEASE_REVOKE', async () => {
      const lease = this.#leases.get(id);
      if (lease === undefined) return undefined;
      if (lease.removal !== undefined) {
        await lease.removal;
        return undefined;
      }
      await this.#removeLease(lease, 'unregister');
      return this.#state.revision;
    });
  }

  watch(options: {
    readonly prefix: string;
    readonly afterRevision: bigint;
    readonly signal: AbortSignal;
  }): Observable<KvWatchBatch> {
    return this.#hub.watch(options);
  }

  async currentRevision(signal?: AbortSignal): Promise<bigint> {
    signal?.throwIfAborted();
    this.#refuseWhenClosed();
    return this.#state.revision;
  }

  compact(revision: bigint): Promise<void> {
    return this.#observe('COMPACT', async () => {
      const { revision: current, history } = this.#state;
      if (revision > current) {
        throw new WatchError('invalidPosition', `the store is at revision ${current}`);
      }
      history.compact(revision);
    });
  }

  /**
   * Copies the store, as it is at some moment before this resolves, while it is in use. Writes wait until the database is
   * copied, about a second for 200 MB; reads and renewals do not.
   *
   * @param target - a directory that is missing or empty
   * @throws StoreOpenError `notEmpty` and others about the target; ServiceCenterError `unavailableBackend`
   */
  async backup(target: string): Promise<void> {
    this.#refuseWhenClosed();
    await writeBackup(target, this.#manifest, async (file) => {
      this.#refuseWhenClosed();
      // Where the thread was lost there is another one afterwards.
      await this.#queue.probe();
      await this.#writer.backup(file);
    });
  }

  /** Ends watches, waits for writes under way, and lets go of the directory. Harmless when called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#expirer.stop();
    await this.#probe.stop();
    await this.#queue.drain();
    this.#hub.close();
    this.#health.close();
    await this.#writer.close();
    this.#lock.release();
  }

  async #write(batch: readonly StoredTransaction[]): Promise<void> {
    try {
      await this.#writer.write(batch);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      if (this.#health.isUp) this.#logger.error({ err: error }, 'embedded store: cannot write');
      this.#health.down(detail);
      this.#probe.start();
      throw error;
    }
    if (!this.#health.isUp) this.#logger.info({}, 'embedded store: writes succeed again');
    this.#health.up();
  }

  /** Removes a lease with its keys once that is durable. Somebody else's removal must not be under way. */
  async #removeLease(lease: Lease, cause: DeleteCause): Promise<void> {
    const transaction = this.#state.decideLeaseRemoval(lease, cause);
    lease.removal =
      transaction === undefined ? this.#nothingHangsOnIt() : this.#queue.enqueue(transaction);
    try {
      await lease.removal;
      this.#leases.remove(lease);
    } finally {
      lease.removal = undefined;
    }
  }

  /**
   * After a failed write there may be keys on disk that nobody knows of yet. They would hang on a lease that is gone, and
   * never end; so the lease stays until a write has told.
   */
  #nothingHangsOnIt(): Promise<void> {
    return this.#health.isUp ? this.#queue.settled() : this.#queue.probe();
  }

  async #observe<T>(operation: StoreOperation, action: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    let success = false;
    try {
      this.#refuseWhenClosed();
      const result = await action();
      success = true;
      return result;
    } finally {
      this.#observer.observe(operation, success, (this.#clock.monotonicMs() - startMs) * 1000);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed !== undefined) {
      throw new ServiceCenterError('unavailableBackend', 'the embedded store is closed');
    }
  }
}
