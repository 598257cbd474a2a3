import { readdir } from 'node:fs/promises';

import { makeDirectoryDurably } from '../directory/durable-file.ts';
import { accessError } from '../directory/inspect-directory.ts';
import { StoreOpenError } from '../directory/store-open-error.ts';

/** Makes sure that a directory is there and empty. @throws StoreOpenError `notEmpty`, `notDirectory`, `noAccess` */
export async function prepareTarget(directory: string): Promise<void> {
  try {
    await makeDirectoryDurably(directory);
    const [first] = await readdir(directory);
    if (first === undefined) return;
    throw new StoreOpenError(
      'notEmpty',
      directory,
      `is not empty: it holds ${JSON.stringify(first)}`,
    );
  } catch (error) {
    throw error instanceof StoreOpenError ? error : accessError(error, directory);
  }
}
