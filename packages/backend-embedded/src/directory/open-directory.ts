import { DirectoryLock } from './directory-lock.ts';
import { makeDirectoryDurably, writeDurably } from './durable-file.ts';
import { accessError, inspectDirectory } from './inspect-directory.ts';
import { formatManifest, newManifest, type Manifest } from './manifest.ts';
import type { StoreFiles } from './store-files.ts';
import { StoreOpenError } from './store-open-error.ts';

/** A directory that is ours alone and may be used. */
export interface OpenDirectory {
  readonly manifest: Manifest;
  readonly lock: DirectoryLock;
}

/**
 * Becomes the owner of a store's directory, and makes it one when it is missing or empty. Its manifest then says
 * `creating` until {@link finishCreation}: a crash in between leaves nothing that was ever acknowledged, so the next
 * start begins anew.
 *
 * @throws StoreOpenError with nothing changed
 */
export async function openDirectory(files: StoreFiles, wallMs: number): Promise<OpenDirectory> {
  const { directory } = files;
  const before = await inspectDirectory(files);
  if (before.kind === 'store') refuseUnusable(before.manifest, directory);
  let lock: DirectoryLock;
  try {
    if (before.kind === 'missing') await makeDirectoryDurably(directory);
    lock = DirectoryLock.acquire(files);
  } catch (error) {
    throw error instanceof StoreOpenError ? error : accessError(error, directory);
  }
  try {
    // Again: somebody else may have owned it between the first look and the lock.
    const content = await inspectDirectory(files);
    if (content.kind === 'store') {
      refuseUnusable(content.manifest, directory);
      return { manifest: content.manifest, lock };
    }
    const manifest = newManifest('creating', wallMs);
    await writeDurably(files.manifest, files.newManifest, formatManifest(manifest));
    return { manifest, lock };
  } catch (error) {
    lock.undo();
    throw error instanceof StoreOpenError ? error : accessError(error, directory);
  }
}

/** Records that the database is there and has to be there from now on. */
export async function finishCreation(files: StoreFiles, manifest: Manifest): Promise<void> {
  await writeDurably(
    files.manifest,
    files.newManifest,
    formatManifest({ ...manifest, state: 'ready' }),
  );
}

function refuseUnusable({ state }: Manifest, directory: string): void {
  if (state === 'backup') {
    throw new StoreOpenError('backup', directory, 'is a backup; restore it into another directory');
  }
  if (state === 'restoring') {
    throw new StoreOpenError(
      'damaged',
      directory,
      'a restore into it was not finished; delete it and restore again',
    );
  }
}
