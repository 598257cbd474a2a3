import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { parseManifest, type Manifest } from './manifest.ts';
import type { StoreFiles } from './store-files.ts';
import { StoreOpenError } from './store-open-error.ts';

/** Longer than any manifest; what is longer is not ours and not read. */
const maxManifestBytes = 64 * 1024;

/** What a path leads to. */
export type DirectoryContent =
  | { readonly kind: 'missing' }
  /** A directory without files, or with what a first start leaves that ended before it wrote a manifest. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'store'; readonly manifest: Manifest };

/**
 * Looks at a directory without changing it.
 *
 * @throws StoreOpenError `notDirectory`, `noAccess`, `foreign`, `newer`, `damaged`
 */
export async function inspectDirectory(files: StoreFiles): Promise<DirectoryContent> {
  const { directory } = files;
  try {
    if (!(await stat(directory)).isDirectory()) {
      throw new StoreOpenError('notDirectory', directory, 'is not a directory');
    }
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const names = await readdir(directory);
    if (!names.some((name) => join(directory, name) === files.manifest)) {
      // A mount point of its own has this directory from the start.
      const foreign = names.filter(
        (name) =>
          ![files.lock, files.newManifest].includes(join(directory, name)) && name !== 'lost+found',
      );
      if (foreign.length === 0) return { kind: 'empty' };
      throw new StoreOpenError(
        'foreign',
        directory,
        `holds files that are not a store's, such as ${JSON.stringify(foreign[0])}`,
      );
    }
    for (const file of [files.manifest, files.database, files.writeAheadLog, files.lock]) {
      if (names.some((name) => join(directory, name) === file)) {
        await access(file, constants.R_OK | constants.W_OK);
      }
    }
    const { size } = await stat(files.manifest);
    if (size > maxManifestBytes) {
      throw new StoreOpenError('damaged', directory, 'manifest.json is damaged: it is too large');
    }
    const manifest = parseManifest(await readFile(files.manifest, 'utf8'), directory);
    return { kind: 'store', manifest };
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    if (hasCode(error, 'ENOENT')) return { kind: 'missing' };
    throw accessError(error, directory);
  }
}

/** What an error of the file system means for opening a directory. */
export function accessError(error: unknown, directory: string): StoreOpenError {
  if (hasCode(error, 'ENOTDIR') || hasCode(error, 'EEXIST')) {
    return new StoreOpenError('notDirectory', directory, 'is not a directory', { cause: error });
  }
  if (hasCode(error, 'EACCES') || hasCode(error, 'EPERM') || hasCode(error, 'EROFS')) {
    return new StoreOpenError('noAccess', directory, 'may not be read and written by this user', {
      cause: error,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new StoreOpenError(
    'failed',
    directory,
    `cannot be opened: ${text.replaceAll('\n', ' ')}`,
    {
      cause: error,
    },
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
