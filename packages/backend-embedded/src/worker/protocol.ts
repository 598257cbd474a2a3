import type { StoreFiles } from '../directory/store-files.ts';
import type { StoreOpenErrorReason } from '../directory/store-open-error.ts';

/**
 * How hard a commit is made durable. `full`: synced before it is answered. `off`: not synced at all, for the tests
 * that prove that they notice a store which does not sync.
 */
export type Synchronous = 'full' | 'off';

/** What the worker is to open. */
export interface WorkerOptions {
  readonly files: StoreFiles;
  readonly storeId: string;
  /**
   * `create`: a new database. `load`: check the database, hand over all records, then open it. `resume`: open it again
   * after a worker was lost, when the records are in memory.
   */
  readonly mode: 'create' | 'load' | 'resume';
  readonly synchronous: Synchronous;
}

/** The first message to the worker. */
export interface WorkerStart {
  readonly options: WorkerOptions;
  /** Counts the chunks of records that were taken; see ChunkWindow. */
  readonly chunksTaken: Int32Array<SharedArrayBuffer>;
}

/** How many numbers a row has in {@link RecordColumns.numbers} and {@link CommitRequest.numbers}. */
export const numbersPerRow = 6;

/** Rows as columns: structured clone copies a few arrays far cheaper than many objects. */
export interface RecordColumns {
  readonly keys: string[];
  readonly values: string[];
  /** For each row: id, create revision, mod revision, version, lease, the lease's time to live in seconds. */
  readonly numbers: BigInt64Array<ArrayBuffer>;
}

/** One batch: what is to be in the database afterwards, all of it or nothing. */
export interface CommitRequest {
  readonly kind: 'commit';
  readonly requestId: number;
  /** For each change in order the key; undefined deletes the row. */
  readonly keys: (string | undefined)[];
  readonly values: (string | undefined)[];
  readonly numbers: BigInt64Array<ArrayBuffer>;
  /** The store's revision and number of records afterwards. */
  readonly revision: bigint;
  readonly recordCount: number;
}

/** What the worker is asked to do. */
export type WorkerRequest =
  | CommitRequest
  /** Copies the database to a file that does not exist. */
  | { readonly kind: 'backup'; readonly requestId: number; readonly target: string }
  | { readonly kind: 'close'; readonly requestId: number };

/** What the worker tells. */
export type WorkerMessage =
  | ({ readonly kind: 'records' } & RecordColumns)
  | { readonly kind: 'opened'; readonly revision: bigint; readonly recordCount: number }
  | {
      readonly kind: 'refused';
      readonly reason: StoreOpenErrorReason;
      readonly explanation: string;
    }
  /** `syncMicroseconds`: how long making it durable took, for a commit. */
  | { readonly kind: 'done'; readonly requestId: number; readonly syncMicroseconds: number }
  | {
      readonly kind: 'failed';
      readonly requestId: number;
      readonly message: string;
      /** The revision that the database has after the failure; undefined when it cannot be read. */
      readonly revision: bigint | undefined;
    };
