import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

import { StoreOpenError } from '../directory/store-open-error.ts';
import { ChunkWindow } from '../worker/chunk-window.ts';
import type {
  CommitRequest,
  RecordColumns,
  WorkerMessage,
  WorkerOptions,
  WorkerRequest,
  WorkerStart,
} from '../worker/protocol.ts';

/** The thread's garbage is short-lived; the default would let it keep some 50 MB of it under load. */
const maxYoungGenerationSizeMb = 8;

/** A write that the database refused. */
export class DatabaseWriteError extends Error {
  /** The revision that the database has; undefined when it cannot be told. */
  readonly revision: bigint | undefined;

  constructor(message: string, revision: bigint | undefined) {
    super(message);
    this.name = 'DatabaseWriteError';
    this.revision = revision;
  }
}

interface PendingRequest {
  readonly resolve: (syncMicroseconds: number) => void;
  readonly reject: (error: DatabaseWriteError) => void;
}

/** How opening ends. */
type OpeningMessage = Extract<WorkerMessage, { kind: 'opened' | 'refused' }>;

/** A request without the number that the worker answers it by. */
type Unnumbered<R> = R extends WorkerRequest ? Omit<R, 'requestId'> : never;

/** What a thread is used for once it is open. */
export type DatabaseConnection = Pick<
  DatabaseWorker,
  'isLost' | 'commit' | 'backup' | 'close' | 'terminate'
>;

/** The store's side of the thread that owns the database. */
export class DatabaseWorker {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, PendingRequest>();
  #nextRequestId = 1;
  #lostBecause: string | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    worker.on('error', (error) => {
      this.#lose(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      this.#lose('it ended');
      resolve();
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'done' || message.kind === 'failed') this.#settle(message);
    });
  }

  /**
   * Starts the thread and has it open the database.
   *
   * @param onRecords - is given all records, when they are loaded
   * @returns the worker and what the database holds
   * @throws StoreOpenError
   */
  static async start(
    options: WorkerOptions,
    onRecords: (columns: RecordColumns) => void = () => undefined,
  ): Promise<{ worker: DatabaseWorker; revision: bigint; recordCount: number }> {
    const { directory } = options.files;
    const entry = createRequire(import.meta.url).resolve('@service-center/backend-embedded/worker');
    const thread = new Worker(entry, {
      name: 'embedded-store',
      resourceLimits: { maxYoungGenerationSizeMb },
    });
    const window = new ChunkWindow();
    const start: WorkerStart = { options, chunksTaken: window.taken };
    thread.postMessage(start, []);
    const worker = new DatabaseWorker(thread);
    const opening = Promise.withResolvers<OpeningMessage>();
    const onMessage = (message: WorkerMessage): void => {
      if (message.kind === 'records') {
        onRecords(message);
        window.take();
      } else if (message.kind === 'opened' || message.kind === 'refused') {
        opening.resolve(message);
      }
    };
    const onError = (cause: unknown): void => {
      const explanation = 'the database thread failed';
      opening.reject(new StoreOpenError('failed', directory, explanation, { cause }));
    };
    const onExit = (): void => {
      opening.reject(new StoreOpenError('failed', directory, 'the database thread ended'));
    };
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    const opened = await opening.promise;
    // What they hold on to, among it everything that was loaded, is not needed any more.
    thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    if (opened.kind === 'refused') {
      await worker.#exited;
      throw new StoreOpenError(opened.reason, directory, opened.explanation);
    }
    return { worker, revision: opened.revision, recordCount: opened.recordCount };
  }

  /** Whether the thread is gone; nothing can be asked of it any more. */
  get isLost(): boolean {
    return this.#lostBecause !== undefined;
  }

  /**
   * Writes a batch.
   *
   * @returns how long making it durable took, microseconds
   * @throws DatabaseWriteError
   */
  commit(batch: Omit<CommitRequest, 'kind' | 'requestId'>): Promise<number> {
    return this.#ask({ kind: 'commit', ...batch }, [batch.numbers.buffer]);
  }

  /** Copies the database to a file that does not exist. @throws DatabaseWriteError */
  async backup(target: string): Promise<void> {
    await this.#ask({ kind: 'backup', target });
  }

  /** Closes the database and ends the thread. @throws DatabaseWriteError when closing failed; the thread has ended then too */
  async close(): Promise<void> {
    try {
      if (!this.isLost) await this.#ask({ kind: 'close' });
    } finally {
      await this.#exited;
    }
  }

  /** Ends the thread at once, when it no longer does what it should. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.#exited;
  }

  #ask(request: Unnumbered<WorkerRequest>, transfer: ArrayBuffer[] = []): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#lostBecause !== undefined) {
        reject(
          new DatabaseWriteError(`the database thread is gone: ${this.#lostBecause}`, undefined),
        );
        return;
      }
      const requestId = this.#nextRequestId++;
      this.#pending.set(requestId, { resolve, reject });
      const numbered: WorkerRequest = { ...request, requestId };
      this.#worker.postMessage(numbered, transfer);
    });
  }

  #settle(message: Extract<WorkerMessage, { requestId: number }>): void {
    const pending = this.#pending.get(message.requestId);
    this.#pending.delete(message.requestId);
    if (message.kind === 'done') pending?.resolve(message.syncMicroseconds);
    else pending?.reject(new DatabaseWriteError(message.message, message.revision));
  }

  #lose(reason: string): void {
    this.#lostBecause ??= reason;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) {
      reject(new DatabaseWriteError(`the database thread is gone: ${reason}`, undefined));
    }
  }
}
