import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  MetricRegistry,
  noStoreOperationObserver,
  ServiceCenterError,
  silentLogger,
} from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { storeFiles } from '../directory/store-files.ts';
import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { StoredRecord } from '../keyspace/stored-record.ts';
import type { RecordColumns, WorkerOptions } from '../worker/protocol.ts';
import { BatchWriter } from './batch-writer.ts';
import { DatabaseWorker, DatabaseWriteError, type DatabaseConnection } from './database-worker.ts';

/** A writer on a new database, with the thread it writes through. */
class Subject implements AsyncDisposable {
  readonly metrics = new MetricRegistry();
  readonly adopted: (readonly StoredTransaction[])[] = [];
  readonly writer: BatchWriter;
  readonly worker: DatabaseWorker;
  readonly #options: WorkerOptions;

  private constructor(
    worker: DatabaseWorker,
    options: WorkerOptions,
    connection: DatabaseConnection,
  ) {
    this.worker = worker;
    this.#options = options;
    this.writer = new BatchWriter({
      worker: connection,
      workerOptions: options,
      revision: 0n,
      recordCount: 0,
      ttlSecondsOf: () => 0,
      onAdopted: (batch) => this.adopted.push(batch),
      clock: new ManualClock(),
      logger: silentLogger,
      observer: noStoreOperationObserver,
      metrics: this.metrics,
    });
  }

  /** @param losesAnswers - whether the first thread dies after each commit, before it can answer */
  static async create({ losesAnswers = false } = {}): Promise<Subject> {
    const options: WorkerOptions = {
      files: storeFiles(await mkdtemp(join(tmpdir(), 'batch-writer-'))),
      storeId: 'test',
      mode: 'create',
      synchronous: 'full',
    };
    const { worker } = await DatabaseWorker.start(options);
    return new Subject(worker, options, losesAnswers ? withoutAnswers(worker) : worker);
  }

  /** Closes the writer and reads what is on disk. */
  async keysOnDisk(): Promise<string[]> {
    await this.writer.close();
    const chunks: RecordColumns[] = [];
    const { worker } = await DatabaseWorker.start({ ...this.#options, mode: 'load' }, (columns) => {
      chunks.push(columns);
    });
    await worker.close();
    return chunks.flatMap(({ keys }) => keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer.close();
    await rm(this.#options.files.directory, { recursive: true });
  }
}

function withoutAnswers(worker: DatabaseWorker): DatabaseConnection {
  return {
    get isLost() {
      return worker.isLost;
    },
    async commit(batch) {
      await worker.commit(batch);
      throw new DatabaseWriteError('the database thread is gone', undefined);
    },
    backup: (target) => worker.backup(target),
    close: () => worker.close(),
    terminate: () => worker.terminate(),
  };
}

function putOf(revision: bigint): StoredTransaction {
  const record = new StoredRecord({
    rowId: Number(revision),
    key: `key-${revision}`,
    value: 'value',
    createRevision: revision,
    modRevision: revision,
    version: 1n,
    lease: 0n,
  });
  return { revision, events: [{ kind: 'put', record, previous: undefined }] };
}

async function outcomeOf(write: Promise<void>): Promise<'durable' | 'refused'> {
  try {
    await write;
    return 'durable';
  } catch (error) {
    if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
    return 'refused';
  }
}

describe('a batch writer', () => {
  it('counts syncs and transactions', async () => {
    await using subject = await Subject.create();
    await subject.writer.write([putOf(1n), putOf(2n), putOf(3n)]);

    const values = subject.metrics.collect().map(({ spec, samples }) => [spec.name, samples]);
    expect(values).toMatchObject([
      ['embedded_sync_durations_microseconds', [{ value: { count: 1 } }]],
      ['embedded_batch_transactions', [{ value: { count: 1, sum: 3 } }]],
    ]);
  });

  it('goes on with another thread when the first one is lost', async () => {
    await using subject = await Subject.create();
    await subject.writer.write([putOf(1n)]);
    await subject.worker.terminate();
    await subject.writer.write([putOf(2n)]);

    expect(await subject.keysOnDisk()).toEqual(['key-1', 'key-2']);
    expect(subject.adopted).toEqual([]);
  });

  it('goes on when the batch at which its thread was lost is not on disk', async () => {
    await using subject = await Subject.create();
    await subject.writer.write([putOf(1n)]);
    const lost = outcomeOf(subject.writer.write([putOf(2n)]));
    await subject.worker.terminate();
    // Whether the thread came to write it is up to the system; what is answered has to fit.
    const first = await lost;
    const next = first === 'durable' ? putOf(3n) : putOf(2n);
    const second = await outcomeOf(subject.writer.write([next]));

    const keys = await subject.keysOnDisk();
    expect(keys).toEqual(first === 'durable' ? ['key-1', 'key-2', 'key-3'] : ['key-1', 'key-2']);
    expect(subject.adopted).toEqual(second === 'refused' ? [[putOf(2n)]] : []);
  });

  it('adopts the batch at which its thread was lost when that is on disk', async () => {
    await using subject = await Subject.create({ losesAnswers: true });

    expect(await outcomeOf(subject.writer.write([putOf(1n)]))).toBe('refused');
    // Decided without knowing of the first one, so it must not become durable.
    expect(await outcomeOf(subject.writer.write([putOf(1n)]))).toBe('refused');
    expect(subject.adopted).toEqual([[putOf(1n)]]);
    expect(await outcomeOf(subject.writer.write([putOf(2n)]))).toBe('durable');
    expect(await subject.keysOnDisk()).toEqual(['key-1', 'key-2']);
  });

  it('refuses to write when nothing tells what is on disk', async () => {
    await using subject = await Subject.create();
    await subject.writer.write([putOf(1n)]);
    await subject.worker.commit({
      keys: [],
      values: [],
      numbers: new BigInt64Array(0),
      revision: 7n,
      recordCount: 1,
    });
    await subject.worker.terminate();

    expect(await outcomeOf(subject.writer.write([putOf(2n)]))).toBe('refused');
    expect(subject.adopted).toEqual([]);
  });
});
