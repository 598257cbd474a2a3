import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

import { StoreOpenError, type StoreOpenErrorReason } from '@service-center/backend-embedded';
import { describe, expect, it } from 'vitest';

import { digestFiles, digestFilesOfOpenStore, ScratchDirectory } from './scratch-directory.ts';
import { contentOf, openStore, put } from './test-store.ts';

/** A user without privileges: root may write everywhere. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Opens a directory that must be refused, and checks that nothing in it changed and the reason is one line. */
async function refusalOf(directory: string): Promise<StoreOpenErrorReason> {
  const before = await digestFiles(directory);
  const error: unknown = await openStore(directory).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreOpenError);
  if (!(error instanceof StoreOpenError)) throw new TypeError('not refused', { cause: error });
  expect(error.message).toContain(directory);
  expect(error.message).not.toContain('\n');
  expect(await digestFiles(directory)).toEqual(before);
  return error.reason;
}

async function createStore(directory: string): Promise<void> {
  await using store = await openStore(directory);
  await put(store, 'a', '1');
}

async function changeManifest(directory: string, change: object): Promise<void> {
  const file = `${directory}/manifest.json`;
  const manifest: unknown = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify(Object.assign({}, manifest, change)));
}

describe('a directory', () => {
  it('is created with its parents, readable by its owner alone', async () => {
    await using scratch = await ScratchDirectory.create();
    const directory = scratch.at('deep', 'data');
    await createStore(directory);

    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await using store = await openStore(directory);
    expect(await contentOf(store)).toEqual([['a', '1']]);
  });

  it('that is empty is used as it is', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.path);

    expect(await store.currentRevision()).toBe(0n);
    expect(await contentOf(store)).toEqual([]);
  });

  it('keeps its epoch, and another one has another', async () => {
    await using scratch = await ScratchDirectory.create();
    const epochs: string[] = [];
    for (const name of ['one', 'one', 'two']) {
      await using store = await openStore(scratch.at(name));
      epochs.push(store.epoch);
    }

    expect(epochs[0]).toBe(epochs[1]);
    expect(epochs[2]).not.toBe(epochs[0]);
  });

  it('may be reached through a link', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.at('real'));
    await symlink(scratch.at('real'), scratch.at('link'));
    await using store = await openStore(scratch.at('link'));

    expect(await contentOf(store)).toEqual([['a', '1']]);
    await expect(openStore(scratch.at('real'))).rejects.toMatchObject({ reason: 'inUse' });
  });

  it('whose name needs escaping in a URL works', async () => {
    await using scratch = await ScratchDirectory.create();
    const directory = scratch.at('50% of a?b#c é');
    await createStore(directory);
    await using store = await openStore(directory);

    expect(await contentOf(store)).toEqual([['a', '1']]);
  });

  it.for(['lock', 'manifest.json.new'])(
    'in which the first start ended with only %s in it is begun anew',
    async (leftover) => {
      await using scratch = await ScratchDirectory.create();
      await writeFile(scratch.at(leftover), '');
      await createStore(scratch.path);

      expect(await readdir(scratch.path)).toContain('store.db');
    },
  );

  it.for(['', 'half a database'])(
    'in which the first start ended after the manifest is begun anew (database: "%s")',
    async (database) => {
      await using scratch = await ScratchDirectory.create();
      await createStore(scratch.path);
      await changeManifest(scratch.path, { state: 'creating' });
      await rm(scratch.at('store.db'));
      if (database !== '') await writeFile(scratch.at('store.db'), database);
      await using store = await openStore(scratch.path);

      expect(await contentOf(store)).toEqual([]);
      expect(await put(store, 'b', '2')).toBe(1n);
    },
  );
});

describe('refused, with nothing changed, is', () => {
  it('a path that is no directory', async () => {
    await using scratch = await ScratchDirectory.create();
    await writeFile(scratch.at('file'), 'mine');

    await expect(openStore(scratch.at('file'))).rejects.toMatchObject({ reason: 'notDirectory' });
    await expect(openStore(scratch.at('file', 'data'))).rejects.toMatchObject({
      reason: 'notDirectory',
    });
    expect(await readFile(scratch.at('file'), 'utf8')).toBe('mine');
  });

  it('a directory with files of somebody else', async () => {
    await using scratch = await ScratchDirectory.create();
    await writeFile(scratch.at('letter.txt'), 'dear');

    expect(await refusalOf(scratch.path)).toBe('foreign');
  });

  it('a database without a manifest', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    await rm(scratch.at('manifest.json'));

    expect(await refusalOf(scratch.path)).toBe('foreign');
  });

  it.for([
    ['of another program', '{"format":"lmdb","version":1}', 'foreign'],
    ['of a newer version', '{"format":"service-center-embedded","version":2,"new":{}}', 'newer'],
    ['without a version', '{"format":"service-center-embedded"}', 'damaged'],
    ['without a store id', '{"format":"service-center-embedded","version":1}', 'damaged'],
    ['that is cut off', '{"format":"service-center-emb', 'damaged'],
    ['that is empty', '', 'damaged'],
    ['that is no object', '[1]', 'damaged'],
    ['that is huge', `"${'x'.repeat(100_000)}"`, 'damaged'],
  ] as const)('a manifest %s', async ([, text, reason]) => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    await writeFile(scratch.at('manifest.json'), text);

    expect(await refusalOf(scratch.path)).toBe(reason);
  });

  it('a directory whose restore was not finished', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    await changeManifest(scratch.path, { state: 'restoring' });

    expect(await refusalOf(scratch.path)).toBe('damaged');
  });

  it('a database of another store', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    await changeManifest(scratch.path, { storeId: 'another' });

    expect(await refusalOf(scratch.path)).toBe('damaged');
  });

  it('a directory that has lost its database, even when its lock is gone too', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    await rm(scratch.at('store.db'));
    expect(await refusalOf(scratch.path)).toBe('damaged');
    await rm(scratch.at('lock'));
    expect(await refusalOf(scratch.path)).toBe('damaged');
  });

  it('a second open in the same process, while the first works on', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.path);
    await put(store, 'a', '1');
    const before = digestFilesOfOpenStore(scratch.path);

    await expect(openStore(scratch.path)).rejects.toMatchObject({ reason: 'inUse' });
    expect(digestFilesOfOpenStore(scratch.path)).toEqual(before);
    expect(await put(store, 'a', '2')).toBe(2n);
  });

  it('a second open at the same moment', async () => {
    await using scratch = await ScratchDirectory.create();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => openStore(scratch.path)));
    const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { value } of opened) await value.close();

    expect(opened).toHaveLength(1);
    expect(refused.map(({ reason }) => String(reason))).toEqual([
      expect.stringContaining('in use'),
      expect.stringContaining('in use'),
    ]);
  });

  it('a second process, again and again', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.path);
    await put(store, 'a', '1');
    const before = digestFilesOfOpenStore(scratch.path);
    await expect(openStore(scratch.path)).rejects.toMatchObject({ reason: 'inUse' });
    for (let round = 0; round < 2; round++) {
      const { stderr, status } = openInChild(scratch.path);
      expect({ stderr, status }).toMatchObject({ status: 3 });
      expect(stderr).toContain('in use by another process');
    }

    expect(digestFilesOfOpenStore(scratch.path)).toEqual(before);
  });

  it('a database that another program has open', async () => {
    await using scratch = await ScratchDirectory.create();
    await createStore(scratch.path);
    using other = new DatabaseSync(scratch.at('store.db'));
    other.exec('BEGIN IMMEDIATE');

    await expect(openStore(scratch.path)).rejects.toMatchObject({ reason: 'inUse' });
  });

  it('a directory that its user may not write', async () => {
    await using scratch = await ScratchDirectory.create();
    const directory = scratch.at('data');
    await mkdir(directory);
    await createStore(directory);
    await chmod(scratch.path, 0o755);
    await chmod(directory, 0o555);
    for (const name of await readdir(directory)) await chmod(`${directory}/${name}`, 0o444);
    const before = await digestFiles(directory);
    const { stderr, status } = openInChild(directory, nobody);
    await chmod(directory, 0o755);

    expect({ stderr, status }).toMatchObject({ status: 3 });
    expect(stderr).toContain('may not be read and written');
    expect(await digestFiles(directory)).toEqual(before);
  });
});

/** Opens a directory in another process; exits with 3 when it is refused. */
function openInChild(
  directory: string,
  user: { readonly uid?: number; readonly gid?: number } = {},
): {
  readonly stderr: string;
  readonly status: number | null;
} {
  return spawnSync(
    process.execPath,
    [...process.execArgv, `${import.meta.dirname}/processes/open-store.ts`, directory],
    {
      encoding: 'utf8',
      ...user,
    },
  );
}
