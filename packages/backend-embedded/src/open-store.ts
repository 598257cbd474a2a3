import type {
  Clock,
  Logger,
  MetricRegistry,
  StoreOperationObserver,
} from '@service-center/sdcommon';

import { DatabaseWorker } from './commit/database-worker.ts';
import type { DirectoryLock } from './directory/directory-lock.ts';
import { accessError } from './directory/inspect-directory.ts';
import type { Manifest } from './directory/manifest.ts';
import { finishCreation, openDirectory } from './directory/open-directory.ts';
import { storeFiles } from './directory/store-files.ts';
import { StoreOpenError } from './directory/store-open-error.ts';
import { KeyHistory, type HistoryLimits } from './keyspace/key-history.ts';
import { KeySpace } from './keyspace/key-space.ts';
import { LeaseTable } from './lease/lease-table.ts';
import { RecordLoader } from './record-loader.ts';
import { StoreState } from './transaction/store-state.ts';
import type { Synchronous, WorkerOptions } from './worker/protocol.ts';

/** How to open an embedded store. */
export interface EmbeddedStoreOptions {
  /** Where it is kept; created when it is missing. The store needs it for itself alone. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is told of every operation. */
  readonly observer?: StoreOperationObserver;
  /** Gets the sync latency and the batch size. */
  readonly metrics?: MetricRegistry;
  /** How much history is kept. */
  readonly history?: HistoryLimits;
  /**
   * For tests only: `off` answers writes that are not on disk, which a power cut loses. It exists so that a test can
   * prove that it would notice. Default `full`.
   */
  readonly synchronous?: Synchronous;
}

/** A directory whose content is in memory and whose database is open. */
export interface OpenedStore {
  readonly manifest: Manifest;
  readonly lock: DirectoryLock;
  readonly worker: DatabaseWorker;
  readonly workerOptions: WorkerOptions;
  readonly state: StoreState;
  readonly leases: LeaseTable;
}

/** Opens a directory and reads it into memory. @throws StoreOpenError; then nothing in the directory was changed */
export async function openStore(options: EmbeddedStoreOptions): Promise<OpenedStore> {
  const { directory, clock } = options;
  const files = storeFiles(directory);
  const { manifest, lock } = await openDirectory(files, clock.wallMs());
  try {
    const workerOptions: WorkerOptions = {
      files,
      storeId: manifest.storeId,
      mode: manifest.state === 'creating' ? 'create' : 'load',
      synchronous: options.synchronous ?? 'full',
    };
    const leases = new LeaseTable();
    const loader = new RecordLoader(leases, clock.monotonicMs());
    const { worker, revision } = await DatabaseWorker.start(workerOptions, (columns) => {
      loader.add(columns);
    });
    try {
      const damage = loader.findDamage(revision);
      if (damage !== undefined) {
        throw new StoreOpenError('damaged', directory, `store.db is damaged: ${damage}`);
      }
      if (workerOptions.mode === 'create') await finishCreation(files, manifest);
    } catch (error) {
      await worker.close();
      throw error;
    }
    const state = new StoreState({
      keys: new KeySpace(loader.records),
      history: new KeyHistory(revision, options.history),
      leases,
      revision,
      nextRowId: loader.lastRowId + 1,
    });
    return { manifest, lock, worker, workerOptions, state, leases };
  } catch (error) {
    lock.undo();
    throw error instanceof StoreOpenError ? error : accessError(error, directory);
  }
}
