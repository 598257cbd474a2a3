import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

import { sqliteResult, sqliteResultCode } from '../directory/sqlite-error.ts';
import type { StoreFiles } from '../directory/store-files.ts';
import { StoreOpenError } from '../directory/store-open-error.ts';
import { RowChecksum } from './checksum.ts';
import { findHeaderDamage } from './database-header.ts';
import { numbersPerRow, type RecordColumns } from './protocol.ts';
import { stateChecksum, type DatabaseState } from './database-state.ts';
import { hasCommittedFrames } from './write-ahead-log.ts';

/** Enough to outweigh the cost of a message; larger ones leave more memory behind that the system does not get back. */
const rowsPerChunk = 512;

/**
 * Reads and checks a whole database without changing any file, whatever state they are in.
 *
 * @param onRecords - is given all rows, in the order of their ids
 * @returns the state of the store
 * @throws StoreOpenError `damaged`
 */
export function readDatabase(
  files: StoreFiles,
  storeId: string,
  onRecords: (columns: RecordColumns) => void,
): DatabaseState {
  const damaged = (what: string, cause?: unknown): StoreOpenError =>
    new StoreOpenError('damaged', files.directory, `store.db is damaged: ${what}`, { cause });
  if (!existsSync(files.database)) throw damaged('it is missing');
  const hasLog = hasCommittedFrames(files.writeAheadLog);
  const headerDamage = findHeaderDamage(files.database, hasLog);
  if (headerDamage !== undefined) throw damaged(headerDamage);
  try {
    using database = openUntouched(files.database, hasLog);
    const state = readState(database);
    if (state === undefined) throw damaged('its state does not match its checksum');
    if (state.storeId !== storeId) throw damaged('it belongs to another store than manifest.json');
    const what = readRecords(database, state, onRecords);
    if (what !== undefined) throw damaged(what);
    return state;
  } catch (error) {
    switch (sqliteResultCode(error)) {
      case sqliteResult.corrupt:
      case sqliteResult.notADatabase:
      case sqliteResult.error:
        throw damaged(error instanceof Error ? error.message : 'SQLite cannot read it', error);
      default:
        throw error;
    }
  }
}

/**
 * Opens a database so that neither reading nor closing it changes a file or takes a lock; the owner of the directory
 * is alone with it.
 */
function openUntouched(file: string, hasLog: boolean): DatabaseSync {
  // A log without a committed transaction adds nothing, so it is left out. A log with one cannot be moved into a
  // database that is open for reading only, so closing leaves both.
  const withoutLocks = process.platform === 'win32' ? 'vfs=win32-none' : 'vfs=unix-none';
  const url = `${pathToFileURL(file).href}?${hasLog ? withoutLocks : 'immutable=1'}`;
  const database = new DatabaseSync(url, { readOnly: true, readBigInts: true });
  // Keeps the index of the log in memory instead of in a file beside it.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  return database;
}

function readState(database: DatabaseSync): DatabaseState | undefined {
  const row = database.prepare('SELECT store_id, revision, records, checksum FROM state').get();
  const { store_id: storeId, revision, records, checksum } = row ?? {};
  if (typeof storeId !== 'string' || typeof revision !== 'bigint' || typeof records !== 'bigint') {
    return undefined;
  }
  const state = { storeId, revision, recordCount: Number(records) };
  return stateChecksum(state) === checksum ? state : undefined;
}

/** @returns what is wrong; undefined when nothing is */
function readRecords(
  database: DatabaseSync,
  state: DatabaseState,
  onRecords: (columns: RecordColumns) => void,
): string | undefined {
  const firstNumberColumn = 3;
  const statement = database.prepare(
    'SELECT key, value, checksum, id, create_revision, mod_revision, version, lease, ttl_seconds FROM record ORDER BY id',
  );
  // An array a row is much cheaper than an object a row; it is read by its indexes.
  statement.setReturnArrays(true);
  const rowChecksum = new RowChecksum(numbersPerRow);
  const numbersOfRow = new BigInt64Array(numbersPerRow);
  let chunk = new ChunkBuilder();
  let count = 0;
  for (const row of statement.iterate()) {
    const { 0: key, 1: value, 2: checksum } = row;
    for (let column = 0; column < numbersPerRow; column++) {
      const number = row[firstNumberColumn + column];
      if (typeof number !== 'bigint') return `row ${count + 1} holds no number where one belongs`;
      numbersOfRow[column] = number;
    }
    if (
      typeof key !== 'string' ||
      typeof value !== 'string' ||
      rowChecksum.of(key, value, numbersOfRow) !== checksum
    ) {
      return `row ${count + 1} does not match its checksum`;
    }
    chunk.add(key, value, numbersOfRow);
    count++;
    if (chunk.rows === rowsPerChunk) {
      onRecords(chunk.columns());
      chunk = new ChunkBuilder();
    }
  }
  if (chunk.rows > 0) onRecords(chunk.columns());
  return count === state.recordCount
    ? undefined
    : `it has ${count} rows where ${state.recordCount} were written`;
}

/** Collects rows into columns. */
class ChunkBuilder {
  readonly #keys: string[] = [];
  readonly #values: string[] = [];
  readonly #numbers = new BigInt64Array(rowsPerChunk * numbersPerRow);

  get rows(): number {
    return this.#keys.length;
  }

  add(key: string, value: string, numbers: BigInt64Array): void {
    this.#numbers.set(numbers, this.rows * numbersPerRow);
    this.#keys.push(key);
    this.#values.push(value);
  }

  columns(): RecordColumns {
    return {
      keys: this.#keys,
      values: this.#values,
      numbers: this.#numbers.subarray(0, this.rows * numbersPerRow),
    };
  }
}
