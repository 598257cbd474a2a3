import { readFile, rm, truncate, writeFile } from 'node:fs/promises';

import { EmbeddedBackend } from '@service-center/backend-embedded';
import { SystemClock } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { digestFiles, ScratchDirectory } from './scratch-directory.ts';
import { contentOf, openStore, put } from './test-store.ts';

async function restore(backup: string, directory: string): Promise<void> {
  await EmbeddedBackend.restore({ backup, directory, clock: new SystemClock() });
}

describe('a backup', () => {
  it('taken while the store is written to holds whole transactions up to some moment', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    for (let index = 0; index < 300; index++) await put(store, `/base/${index}`, 'x'.repeat(3000));
    const before = await store.currentRevision();
    const done = new AbortController();
    const writing = (async () => {
      for (let index = 0; !done.signal.aborted; index++) {
        await store.commit({
          compares: [],
          success: [
            { kind: 'put', key: '/left', value: `${index}` },
            { kind: 'put', key: '/right', value: `${index}` },
          ],
        });
      }
    })();
    try {
      for (let round = 0; round < 10; round++) await store.backup(scratch.at(`other-${round}`));
      await store.backup(scratch.at('backup'));
    } finally {
      done.abort();
      await writing;
    }
    const after = await store.currentRevision();
    await restore(scratch.at('backup'), scratch.at('restored'));
    await using restored = await openStore(scratch.at('restored'));

    const left = await restored.get('/left');
    expect((await restored.get('/right'))?.value).toBe(left?.value);
    expect((await restored.range({ prefix: '/base/', limit: 1000 })).records).toHaveLength(300);
    const highest = (await restored.range({ prefix: '/', limit: 1000 })).records.reduce(
      (max, { modRevision }) => (modRevision > max ? modRevision : max),
      0n,
    );
    expect(highest).toBeGreaterThanOrEqual(before);
    expect(highest).toBeLessThanOrEqual(after);
  });

  it('leaves the store as it was', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    await put(store, 'a', '1');
    await store.backup(scratch.at('backup'));

    expect(await put(store, 'a', '2')).toBe(2n);
    expect(await contentOf(store)).toEqual([['a', '2']]);
  });

  it('is not opened as a store', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    await store.backup(scratch.at('backup'));
    const before = await digestFiles(scratch.at('backup'));

    await expect(openStore(scratch.at('backup'))).rejects.toMatchObject({ reason: 'backup' });
    expect(await digestFiles(scratch.at('backup'))).toEqual(before);
  });

  it('is not written over anything', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    await store.backup(scratch.at('backup'));
    await writeFile(scratch.at('file'), '');

    await expect(store.backup(scratch.at('backup'))).rejects.toMatchObject({ reason: 'notEmpty' });
    await expect(store.backup(scratch.at('file'))).rejects.toMatchObject({
      reason: 'notDirectory',
    });
    await expect(store.backup(scratch.at('data'))).rejects.toMatchObject({ reason: 'notEmpty' });
  });
});

describe('a restored store', () => {
  it('has the content, a new epoch, and revisions that were never given out', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    const lease = await store.grantLease(60);
    await put(store, 'a', '1', lease.id);
    await store.backup(scratch.at('backup'));
    const lost = await put(store, 'a', 'after the backup');
    await restore(scratch.at('backup'), scratch.at('restored'));
    await using restored = await openStore(scratch.at('restored'));

    expect(await restored.get('a')).toMatchObject({ value: '1', modRevision: 1n });
    expect(await restored.renewLease(lease.id)).toBe(60);
    expect(restored.epoch).not.toBe(store.epoch);
    expect(await restored.currentRevision()).toBe(1_000_000_001n);
    expect(await put(restored, 'b', '2')).toBeGreaterThan(lost);
  });

  it('is not written over anything', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    await store.backup(scratch.at('backup'));
    await writeFile(scratch.at('file'), 'mine');

    await expect(restore(scratch.at('backup'), scratch.path)).rejects.toMatchObject({
      reason: 'notEmpty',
    });
    await expect(restore(scratch.at('backup'), scratch.at('file'))).rejects.toMatchObject({
      reason: 'notDirectory',
    });
    expect(await readFile(scratch.at('file'), 'utf8')).toBe('mine');
  });

  it('comes only from a backup that is whole', async () => {
    await using scratch = await ScratchDirectory.create();
    await using store = await openStore(scratch.at('data'));
    await put(store, 'a', 'x'.repeat(10_000));
    await store.backup(scratch.at('backup'));
    await store.backup(scratch.at('cut'));
    await truncate(scratch.at('cut', 'store.db'), 5000);
    await store.backup(scratch.at('unfinished'));
    await rm(scratch.at('unfinished', 'manifest.json'));
    const before = await digestFiles(scratch.at('cut'));

    await expect(restore(scratch.at('cut'), scratch.at('1'))).rejects.toMatchObject({
      reason: 'damaged',
    });
    expect(await digestFiles(scratch.at('cut'))).toEqual(before);
    await expect(restore(scratch.at('unfinished'), scratch.at('2'))).rejects.toMatchObject({
      reason: 'foreign',
    });
    await expect(restore(scratch.at('nowhere'), scratch.at('3'))).rejects.toMatchObject({
      reason: 'backup',
    });
    await expect(restore(scratch.at('data'), scratch.at('4'))).rejects.toMatchObject({
      reason: 'backup',
    });
    await restore(scratch.at('backup'), scratch.at('5'));
    await using restored = await openStore(scratch.at('5'));
    expect(await contentOf(restored)).toHaveLength(1);
  });
});
