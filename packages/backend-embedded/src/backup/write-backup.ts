import { rm } from 'node:fs/promises';

import { syncFile, writeDurably } from '../directory/durable-file.ts';
import { formatManifest, type Manifest } from '../directory/manifest.ts';
import { storeFiles } from '../directory/store-files.ts';
import { prepareTarget } from './prepare-target.ts';

/**
 * Makes a backup in a directory that is missing or empty.
 *
 * The manifest comes last: a directory without one is not taken for a backup, so one that was cut off is never
 * restored.
 *
 * @param manifest - of the store
 * @param copyDatabase - copies the store's database to a file
 */
export async function writeBackup(
  target: string,
  manifest: Manifest,
  copyDatabase: (file: string) => Promise<void>,
): Promise<void> {
  const files = storeFiles(target);
  await prepareTarget(target);
  try {
    await copyDatabase(files.database);
    await syncFile(files.database);
  } catch (error) {
    // The rest of a copy would be in the way of the next try.
    await rm(files.database, { force: true });
    throw error;
  }
  await writeDurably(
    files.manifest,
    files.newManifest,
    formatManifest({ ...manifest, state: 'backup' }),
  );
}
