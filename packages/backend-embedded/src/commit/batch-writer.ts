import {
  ServiceCenterError,
  type Clock,
  type Logger,
  type MetricRegistry,
  type StoreOperationObserver,
  type Summary,
} from '@service-center/sdcommon';

import type { StoredTransaction } from '../keyspace/stored-event.ts';
import type { WorkerOptions } from '../worker/protocol.ts';
import { DatabaseWorker, DatabaseWriteError, type DatabaseConnection } from './database-worker.ts';
import { encodeBatch } from './encode-batch.ts';

/** What a {@link BatchWriter} works with. */
export interface BatchWriterOptions {
  readonly worker: DatabaseConnection;
  readonly workerOptions: WorkerOptions;
  readonly revision: bigint;
  readonly recordCount: number;
  readonly ttlSecondsOf: (lease: bigint) => number;
  /** Is told that a batch whose fate was unknown is durable, after everything pending was dropped. */
  readonly onAdopted: (batch: readonly StoredTransaction[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: StoreOperationObserver;
  readonly metrics: MetricRegistry | undefined;
}

/**
 * Makes batches durable, and finds its way back after a fault: after each failed write the revision on disk says what
 * became of it, and a lost thread is replaced with the next write.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #syncDurations: Summary | undefined;
  readonly #batchSizes: Summary | undefined;
  #worker: DatabaseConnection;
  #revision: bigint;
  #recordCount: number;
  /** The batch that was at the disk when the thread was lost. */
  #inDoubt: readonly StoredTransaction[] | undefined;
  #isClosed = false;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#worker = options.worker;
    this.#revision = options.revision;
    this.#recordCount = options.recordCount;
    this.#syncDurations = options.metrics
      ?.summary({
        name: 'embedded_sync_durations_microseconds',
        help: 'Time to make a batch of transactions durable on disk',
      })
      .labels();
    this.#batchSizes = options.metrics
      ?.summary({
        name: 'embedded_batch_transactions',
        help: 'Transactions that became durable together',
      })
      .labels();
  }

  /** Writes a batch, which may be empty. @throws ServiceCenterError `unavailableBackend`; then it is not on disk, or its fate is found out with the next write */
  async write(batch: readonly StoredTransaction[]): Promise<void> {
    const { clock, observer, ttlSecondsOf } = this.#options;
    if (this.#worker.isLost) await this.#replaceWorker();
    const before = { revision: this.#revision, recordCount: this.#recordCount };
    const encoded = encodeBatch(batch, before, ttlSecondsOf);
    const startMs = clock.monotonicMs();
    try {
      const syncMicroseconds = await this.#worker.commit(encoded);
      this.#revision = encoded.revision;
      this.#recordCount = encoded.recordCount;
      this.#syncDurations?.observe(syncMicroseconds);
      if (batch.length > 0) this.#batchSizes?.observe(batch.length);
      observer.observe('SYNC', true, syncMicroseconds);
    } catch (error) {
      observer.observe('SYNC', false, (clock.monotonicMs() - startMs) * 1000);
      const knows = error instanceof DatabaseWriteError && error.revision === this.#revision;
      if (!knows) {
        this.#inDoubt = batch;
        await this.#worker.terminate();
      }
      throw unavailable(error);
    }
  }

  /**
   * Copies the database to a file that does not exist. Does not look for another thread if there is none: that may turn up
   * a batch, which only a write can take into account.
   *
   * @throws ServiceCenterError `unavailableBackend`
   */
  async backup(target: string): Promise<void> {
    try {
      await this.#worker.backup(target);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** Closes the database; nothing can be written any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#worker.close();
    } catch (error) {
      // Everything acknowledged is in the log; the next start moves it.
      this.#options.logger.warn(
        { err: error },
        'embedded store: the database was not closed cleanly',
      );
    }
  }

  async #replaceWorker(): Promise<void> {
    const { workerOptions, logger, onAdopted } = this.#options;
    if (this.#isClosed) throw unavailable(new Error('it is closed'));
    logger.warn({}, 'embedded store: the database thread was lost, starting another one');
    let started: Awaited<ReturnType<typeof DatabaseWorker.start>>;
    try {
      started = await DatabaseWorker.start({ ...workerOptions, mode: 'resume' });
    } catch (error) {
      throw unavailable(error);
    }
    const { worker, revision, recordCount } = started;
    const inDoubt = this.#inDoubt;
    const isAdopted = inDoubt !== undefined && inDoubt.at(-1)?.revision === revision;
    if (revision !== this.#revision && !isAdopted) {
      await worker.terminate();
      throw unavailable(
        new Error(`the database is at revision ${revision}, the store at ${this.#revision}`),
      );
    }
    this.#worker = worker;
    this.#inDoubt = undefined;
    if (isAdopted) {
      this.#revision = revision;
      this.#recordCount = recordCount;
      onAdopted(inDoubt);
      throw unavailable(new Error('a transaction before this one turned out to be durable'));
    }
  }
}

function unavailable(cause: unknown): ServiceCenterError {
  if (ServiceCenterError.is(cause)) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new ServiceCenterError('unavailableBackend', `the embedded store cannot write: ${text}`, {
    cause,
  });
}
