import { join } from 'node:path';

/** The files of a store's directory. */
export interface StoreFiles {
  readonly directory: string;
  /** What the directory is; read before anything else. */
  readonly manifest: string;
  /** The manifest while it is written; takes its place by a rename. */
  readonly newManifest: string;
  /** The SQLite database. */
  readonly database: string;
  /** What SQLite wrote and has not yet moved into the database. */
  readonly writeAheadLog: string;
  /** Locked by the owner; always empty. */
  readonly lock: string;
}

/** Names the files of a directory. */
export function storeFiles(directory: string): StoreFiles {
  return {
    directory,
    manifest: join(directory, 'manifest.json'),
    newManifest: join(directory, 'manifest.json.new'),
    database: join(directory, 'store.db'),
    writeAheadLog: join(directory, 'store.db-wal'),
    lock: join(directory, 'lock'),
  };
}
