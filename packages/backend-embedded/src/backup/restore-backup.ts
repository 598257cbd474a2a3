import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';

import type { Clock } from '@service-center/sdcommon';

import { syncFile, writeDurably } from '../directory/durable-file.ts';
import { accessError, inspectDirectory } from '../directory/inspect-directory.ts';
import { formatManifest, newManifest } from '../directory/manifest.ts';
import { storeFiles } from '../directory/store-files.ts';
import { StoreOpenError } from '../directory/store-open-error.ts';
import { readDatabase } from '../worker/database-reader.ts';
import { DatabaseWriter } from '../worker/database-writer.ts';
import { prepareTarget } from './prepare-target.ts';

/**
 * More revisions than the store can have given out between the backup and its loss. A find revision that a client
 * got after the backup must never be given to another answer.
 */
const revisionGap = 1_000_000_000n;

/** What to restore. */
export interface RestoreOptions {
  /** A directory that `backup` made. */
  readonly backup: string;
  /** Where the store shall be: a directory that is missing or empty. */
  readonly directory: string;
  readonly clock: Clock;
}

/**
 * Makes a store from a backup. It has a new epoch, so everybody who follows it lists again, and continues at a
 * revision that was never given out.
 *
 * @throws StoreOpenError about either directory; the backup is never changed
 */
export async function restoreBackup({ backup, directory, clock }: RestoreOptions): Promise<void> {
  const source = storeFiles(backup);
  const content = await inspectDirectory(source);
  if (content.kind !== 'store' || content.manifest.state !== 'backup') {
    throw new StoreOpenError('backup', backup, 'is not a backup');
  }
  const target = storeFiles(directory);
  try {
    const { revision } = readDatabase(source, content.manifest.storeId, () => undefined);
    await prepareTarget(directory);
    const manifest = newManifest('restoring', clock.wallMs());
    await writeDurably(target.manifest, target.newManifest, formatManifest(manifest));
    await copyFile(source.database, target.database, constants.COPYFILE_EXCL);
    await syncFile(target.database);
    const writer = DatabaseWriter.open(target, content.manifest.storeId, 'full');
    writer.restart(revision + revisionGap, manifest.storeId);
    writer.close();
    await writeDurably(
      target.manifest,
      target.newManifest,
      formatManifest({ ...manifest, state: 'ready' }),
    );
  } catch (error) {
    throw error instanceof StoreOpenError ? error : accessError(error, directory);
  }
}
