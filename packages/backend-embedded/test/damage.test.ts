import { copyFile, cp, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import { StoreOpenError } from '@service-center/backend-embedded';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { digestFiles, ScratchDirectory } from './scratch-directory.ts';
import { contentOf, openStore, put } from './test-store.ts';

type Content = [string, string | undefined][];

/** What a store holds, and the same after it was closed or cut off. */
interface Sample {
  readonly directory: string;
  readonly content: Content;
}

/**
 * Values of several sizes, some of them longer than a page, deleted ones whose pages are free again, and the latest
 * ones only in the log when the store is cut off.
 */
async function writeSample(directory: string): Promise<Content> {
  {
    await using store = await openStore(directory);
    const lease = await store.grantLease(1000);
    const writes = Array.from({ length: 200 }, (_, index) => {
      const value = `${index}:`.padEnd(index % 20 === 0 ? 9000 : index * 2, 'abcdefghij');
      return put(store, `/key/${index}`, value, index % 3 === 0 ? lease.id : 0n);
    });
    await Promise.all(writes);
  }
  await using store = await openStore(directory);
  await store.commit({ compares: [], success: [{ kind: 'deletePrefix', prefix: '/key/7' }] });
  await put(store, '/key/new', 'x'.repeat(5000));
  const content = await contentOf(store);
  await cp(directory, `${directory}-cut`, { recursive: true });
  return content;
}

const refused = 'refused as damaged, unchanged';

/** What a directory opens with, or how it is refused. */
async function openingOf(directory: string): Promise<Content | string> {
  const before = await digestFiles(directory);
  try {
    await using store = await openStore(directory);
    return await contentOf(store);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    const isUnchanged = isDeepStrictEqual(await digestFiles(directory), before);
    return `refused as ${error.reason}, ${isUnchanged ? 'unchanged' : 'changed'}`;
  }
}

async function withSample(
  kind: 'closed' | 'cut off',
  check: (sample: Sample, scratch: ScratchDirectory) => Promise<void>,
): Promise<void> {
  await using scratch = await ScratchDirectory.create();
  const content = await writeSample(scratch.at('data'));
  await check({ directory: scratch.at(kind === 'closed' ? 'data' : 'data-cut'), content }, scratch);
}

/** A copy to damage. */
async function copyOf(sample: Sample, scratch: ScratchDirectory, run: number): Promise<string> {
  const directory = scratch.at(`run-${run}`);
  await cp(sample.directory, directory, { recursive: true });
  return directory;
}

async function flip(file: string, position: number, bits: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0] = (byte[0] ?? 0) ^ bits;
    await handle.write(byte, 0, 1, position);
  } finally {
    await handle.close();
  }
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe.for(['closed', 'cut off'] as const)('a store that was %s', (kind) => {
  it('opens with all its content', async () => {
    await withSample(kind, async (sample) => {
      expect(await openingOf(sample.directory)).toEqual(sample.content);
    });
  });

  it('is refused or whole after any byte of its database was changed', async () => {
    await withSample(kind, async (sample, scratch) => {
      const { size } = await stat(`${sample.directory}/store.db`);
      let run = 0;
      const checked = fc.assert(
        fc.asyncProperty(fraction, fc.integer({ min: 1, max: 255 }), async (where, bits) => {
          const directory = await copyOf(sample, scratch, run++);
          await flip(`${directory}/store.db`, Math.floor(where * size), bits);
          expect([sample.content, refused]).toContainEqual(await openingOf(directory));
        }),
        { numRuns: 40, seed: 5 },
      );
      await expect(checked).resolves.toBeUndefined();
    });
  });

  it('is refused or whole after its database was cut anywhere', async () => {
    await withSample(kind, async (sample, scratch) => {
      const { size } = await stat(`${sample.directory}/store.db`);
      let run = 0;
      const checked = fc.assert(
        fc.asyncProperty(fraction, async (where) => {
          const directory = await copyOf(sample, scratch, run++);
          await truncate(`${directory}/store.db`, Math.floor(where * size));
          expect([sample.content, refused]).toContainEqual(await openingOf(directory));
        }),
        { numRuns: 15, seed: 7 },
      );
      await expect(checked).resolves.toBeUndefined();
    });
  });
});

describe('a store that was closed', () => {
  it('is refused when its database lost the last byte', async () => {
    await withSample('closed', async ({ directory }) => {
      const { size } = await stat(`${directory}/store.db`);
      await truncate(`${directory}/store.db`, size - 1);
      expect(await openingOf(directory)).toBe(refused);
    });
  });

  it.for([
    ['is empty', ''],
    ['is text', 'SQLite format 4\n'.repeat(500)],
  ])('is refused when its database %s', async ([, text = '']) => {
    await withSample('closed', async ({ directory }) => {
      await writeFile(`${directory}/store.db`, text);
      expect(await openingOf(directory)).toBe(refused);
    });
  });

  it('ignores a log that holds nothing valid', async () => {
    await withSample('closed', async ({ directory, content }) => {
      await writeFile(`${directory}/store.db-wal`, 'garbage'.repeat(1000));
      expect(await openingOf(directory)).toEqual(content);
    });
  });

  it('leaves a log alone that holds nothing valid, when the database is damaged', async () => {
    await withSample('closed', async ({ directory }) => {
      await writeFile(`${directory}/store.db-wal`, 'garbage');
      await truncate(`${directory}/store.db`, 5000);
      expect(await openingOf(directory)).toBe(refused);
    });
  });
});

describe('a store that was cut off', () => {
  it('opens with whole transactions of the past when its log was damaged', async () => {
    await using scratch = await ScratchDirectory.create();
    const directory = scratch.at('data');
    const store = await openStore(directory);
    const states: Content[] = [[]];
    for (let index = 0; index < 30; index++) {
      await store.commit({
        compares: [],
        success: [
          { kind: 'put', key: 'counter', value: `${index}` },
          { kind: 'put', key: `/key/${index % 7}`, value: 'x'.repeat(index * 100) },
        ],
      });
      states.push(await contentOf(store));
    }
    await cp(directory, scratch.at('cut'), { recursive: true });
    await store.close();
    const sample = { directory: scratch.at('cut'), content: [] };
    const { size } = await stat(scratch.at('cut', 'store.db-wal'));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fraction, fc.integer({ min: 0, max: 255 }), async (where, bits) => {
        const copy = await copyOf(sample, scratch, run++);
        const log = `${copy}/store.db-wal`;
        if (bits === 0) await truncate(log, Math.floor(where * size));
        else await flip(log, Math.floor(where * size), bits);
        expect(states).toContainEqual(await openingOf(copy));
      }),
      { numRuns: 25, seed: 11 },
    );
  });

  it('is refused with its log untouched when its database is another one', async () => {
    await using scratch = await ScratchDirectory.create();
    await writeSample(scratch.at('one'));
    {
      await using other = await openStore(scratch.at('two'));
      await put(other, 'b', '2');
    }
    await copyFile(scratch.at('two', 'store.db'), scratch.at('one-cut', 'store.db'));
    const log = await readFile(scratch.at('one-cut', 'store.db-wal'));

    expect(await openingOf(scratch.at('one-cut'))).toBe(refused);
    expect(await readFile(scratch.at('one-cut', 'store.db-wal'))).toEqual(log);
  });
});
