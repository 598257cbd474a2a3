import { existsSync, unlinkSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { sqliteResult, sqliteResultCode } from './sqlite-error.ts';
import type { StoreFiles } from './store-files.ts';
import { StoreOpenError } from './store-open-error.ts';

/**
 * Makes one store object the owner of a directory until it lets go or its process ends, however it ends.
 *
 * The lock is SQLite's own on an empty file, since Node has no file locks: the system drops it with the process, and
 * SQLite also keeps two opens of one process apart. It is not the database's own lock because the database is checked
 * before SQLite opens it for writing, and because closing any other descriptor of a file drops the process's locks on
 * it; nothing else ever opens this one.
 */
export class DirectoryLock {
  readonly #connection: DatabaseSync;
  readonly #files: StoreFiles;
  readonly #isNew: boolean;

  private constructor(connection: DatabaseSync, files: StoreFiles, isNew: boolean) {
    this.#connection = connection;
    this.#files = files;
    this.#isNew = isNew;
  }

  /** @throws StoreOpenError `inUse` when somebody else is the owner */
  static acquire(files: StoreFiles): DirectoryLock {
    const isNew = !existsSync(files.lock);
    const connection = new DatabaseSync(files.lock, { timeout: 0 });
    try {
      // The journal would be a second file, and nothing is ever written.
      connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      connection.close();
      if (sqliteResultCode(error) !== sqliteResult.busy) throw error;
      throw new StoreOpenError('inUse', files.directory, 'in use by another process or store', {
        cause: error,
      });
    }
    return new DirectoryLock(connection, files, isNew);
  }

  /** Lets others become the owner. */
  release(): void {
    this.#connection.close();
  }

  /** Lets go and leaves the directory as it was found. */
  undo(): void {
    // While it is still locked: once it is free, somebody else may own it.
    if (this.#isNew) unlinkSync(this.#files.lock);
    this.#connection.close();
  }
}
