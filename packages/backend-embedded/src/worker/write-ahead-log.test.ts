import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasCommittedFrames } from './write-ahead-log.ts';

/** The log of a database that SQLite wrote one transaction of several pages to. */
let directory = '';
let log = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'write-ahead-log-'));
  using database = new DatabaseSync(join(directory, 'db'));
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
  database.exec('BEGIN; CREATE TABLE t (v)');
  database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(20_000));
  database.exec('COMMIT');
  log = join(directory, 'log');
  copyFileSync(join(directory, 'db-wal'), log);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function changed(change: (file: string) => void): boolean {
  const file = join(directory, 'changed');
  copyFileSync(log, file);
  change(file);
  return hasCommittedFrames(file);
}

function withByteChanged(position: number): (file: string) => void {
  return (file) => {
    const content = readFileSync(file);
    content.writeUInt8(content.readUInt8(position) ^ 1, position);
    writeFileSync(file, content);
  };
}

describe('a write-ahead log', () => {
  it('of a committed transaction has committed frames', () => {
    expect(hasCommittedFrames(log)).toBe(true);
  });

  it('has them also when more was begun behind them', () => {
    expect(changed((file) => appendFileSync(file, 'x'.repeat(5000)))).toBe(true);
  });

  it('that is missing, empty or only a header has none', () => {
    expect(hasCommittedFrames(join(directory, 'missing'))).toBe(false);
    expect(changed((file) => truncateSync(file, 0))).toBe(false);
    expect(changed((file) => truncateSync(file, 32))).toBe(false);
  });

  it('whose only transaction is cut off has none', () => {
    const { length } = readFileSync(log);
    expect(changed((file) => truncateSync(file, length - 1))).toBe(false);
  });

  it.for([
    ['in the magic number', 3],
    ['in the header', 17],
    ["in the header's checksum", 30],
    ["in a frame's header", 33],
    ["in a frame's salt", 41],
    ["in a frame's checksum", 50],
    ['in a page', 1000],
  ] as const)('with a byte changed %s has none', ([, position]) => {
    expect(changed(withByteChanged(position))).toBe(false);
  });
});
