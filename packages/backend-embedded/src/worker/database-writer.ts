import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import type { StoreFiles } from '../directory/store-files.ts';
import { RowChecksum } from './checksum.ts';
import { stateChecksum, type DatabaseState } from './database-state.ts';
import { numbersPerRow, type CommitRequest, type Synchronous } from './protocol.ts';
import { applicationId, schema } from './schema.ts';

/**
 * Pages in the write-ahead log after which a commit moves them into the database: 16 MiB of 4 KiB pages. Pages that
 * are written again meanwhile are moved once.
 */
const pagesPerCheckpoint = 4096;

/** The one connection that writes. */
export class DatabaseWriter {
  readonly #database: DatabaseSync;
  readonly #storeId: string;
  readonly #statements: {
    readonly begin: StatementSync;
    readonly commit: StatementSync;
    readonly put: StatementSync;
    readonly delete: StatementSync;
    readonly setState: StatementSync;
  };
  readonly #rowChecksum = new RowChecksum(numbersPerRow);

  private constructor(database: DatabaseSync, storeId: string) {
    this.#database = database;
    this.#storeId = storeId;
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      put: database.prepare('INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
      delete: database.prepare('DELETE FROM record WHERE id = ?'),
      setState: database.prepare('UPDATE state SET revision = ?, records = ?, checksum = ?'),
    };
  }

  /** Makes an empty database, over what an unfinished first start may have left. */
  static create(files: StoreFiles, storeId: string, synchronous: Synchronous): DatabaseWriter {
    for (const file of [files.database, files.writeAheadLog, `${files.database}-journal`]) {
      if (existsSync(file)) rmSync(file);
    }
    const database = openForWriting(files, synchronous);
    const state: DatabaseState = { storeId, revision: 0n, recordCount: 0 };
    database.exec(`PRAGMA application_id = ${applicationId}; BEGIN; ${schema}`);
    database
      .prepare('INSERT INTO state VALUES (1, ?, ?, ?, ?)')
      .run(storeId, state.revision, state.recordCount, stateChecksum(state));
    database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    return new DatabaseWriter(database, storeId);
  }

  /** Opens a database that was checked before. */
  static open(files: StoreFiles, storeId: string, synchronous: Synchronous): DatabaseWriter {
    return new DatabaseWriter(openForWriting(files, synchronous), storeId);
  }

  /** The state that the database has, as far as it is committed. */
  readState(): DatabaseState {
    const row = this.#database.prepare('SELECT revision, records FROM state').get();
    const { revision, records } = row ?? {};
    if (typeof revision !== 'bigint' || typeof records !== 'bigint') {
      throw new TypeError('store.db has no state');
    }
    return { storeId: this.#storeId, revision, recordCount: Number(records) };
  }

  /**
   * Writes a batch and makes it durable.
   *
   * @returns how long making it durable took, microseconds
   * @throws the error of SQLite; then nothing of the batch is in the database
   */
  commit(batch: CommitRequest): number {
    try {
      this.#statements.begin.run();
      this.#write(batch);
      const startMs = performance.now();
      this.#statements.commit.run();
      return (performance.now() - startMs) * 1000;
    } catch (error) {
      // After some errors, such as a full disk, SQLite has rolled back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * Copies the database to a file that does not exist. Commits wait meanwhile.
   *
   * Not by SQLite's incremental backup: Node runs its steps on other threads and fails the whole backup when the first
   * one meets a commit.
   */
  backup(target: string): void {
    this.#database.prepare('VACUUM INTO ?').run(target);
  }

  /** Continues with another history: a new id, and no revision that was ever given out. */
  restart(revision: bigint, storeId: string): void {
    const state: DatabaseState = { ...this.readState(), revision, storeId };
    this.#database
      .prepare('UPDATE state SET store_id = ?, revision = ?, checksum = ?')
      .run(storeId, revision, stateChecksum(state));
  }

  /** Moves the log into the database, deletes it and closes. */
  close(): void {
    this.#database.close();
  }

  #write(batch: CommitRequest): void {
    const { put, delete: remove, setState } = this.#statements;
    for (let row = 0; row < batch.keys.length; row++) {
      const key = batch.keys[row];
      const value = batch.values[row];
      const numbers = batch.numbers.subarray(row * numbersPerRow, (row + 1) * numbersPerRow);
      const [id = 0n, create = 0n, mod = 0n, version = 0n, lease = 0n, ttl = 0n] = numbers;
      if (key === undefined || value === undefined) {
        remove.run(id);
      } else {
        const checksum = this.#rowChecksum.of(key, value, numbers);
        put.run(id, key, value, create, mod, version, lease, ttl, checksum);
      }
    }
    const { revision, recordCount } = batch;
    const state = { storeId: this.#storeId, revision, recordCount };
    setState.run(revision, recordCount, stateChecksum(state));
  }
}

function openForWriting(files: StoreFiles, synchronous: Synchronous): DatabaseSync {
  const database = new DatabaseSync(files.database, { readBigInts: true, timeout: 0 });
  try {
    // EXCLUSIVE before the first access: the log's index then lives in memory, and no other program gets in.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous};
      PRAGMA wal_autocheckpoint = ${pagesPerCheckpoint};
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
