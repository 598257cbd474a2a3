import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import { applicationId } from './schema.ts';

const headerBytes = 100;
const magic = 'SQLite format 3\0';

/**
 * Looks at the first bytes of a database file, which SQLite itself reads only after it has opened the file for
 * writing.
 *
 * @param hasLog - whether a write-ahead log belongs to it; pages that are missing at the end may be in there
 * @returns what is wrong; undefined when nothing is
 */
export function findHeaderDamage(file: string, hasLog: boolean): string | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    const { size } = fstatSync(descriptor);
    if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes) return 'it is truncated';
    if (header.toString('latin1', 0, magic.length) !== magic) return 'it is no SQLite database';
    if (header.readUInt32BE(68) !== applicationId) return 'it is no database of this store';
    const pageSize = header.readUInt16BE(16);
    const pages = header.readUInt32BE(28);
    if (!hasLog && size < pages * (pageSize === 1 ? 65_536 : pageSize)) return 'it is truncated';
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
