import { readdir } from 'node:fs/promises';

import type { KvEvent } from '@service-center/backend-kv';
import { ServiceCenterError, type BackendHealth } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it, vi } from 'vitest';

import { limitedDisks } from './full-disk.ts';
import { ScratchDirectory } from './scratch-directory.ts';
import { contentOf, openStore, put } from './test-store.ts';

const large = 'x'.repeat(100_000);

async function isRefused(write: Promise<unknown>): Promise<boolean> {
  const error: unknown = await write.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return ServiceCenterError.is(error, 'unavailableBackend') && error.cause !== undefined;
}

describe.for(limitedDisks)('when $name', ({ create }) => {
  it('writes are refused, reads and renewals go on, and writing resumes with room', async () => {
    await using scratch = await ScratchDirectory.create();
    await using disk = await create(scratch);
    const clock = new ManualClock();
    await using store = await openStore(disk.directory, { clock });
    const health: BackendHealth['status'][] = [];
    store.health$.subscribe(({ status }) => health.push(status));
    const lease = await store.grantLease(60);
    await put(store, 'kept', '1', lease.id);
    await disk.fill();

    const writes = [1, 2, 3].map((index) => isRefused(put(store, `large-${index}`, large)));
    expect(await Promise.all(writes)).toEqual([true, true, true]);
    expect(await contentOf(store)).toEqual([['kept', '1']]);
    expect(await store.renewLease(lease.id)).toBe(60);
    expect(await store.currentRevision()).toBe(1n);
    expect(health).toEqual(['up', 'down']);

    await disk.makeRoom();
    expect(await put(store, 'more', large)).toBe(2n);
    expect(health).toEqual(['up', 'down', 'up']);
    const content = await contentOf(store);
    await store.close();
    await using reopened = await openStore(disk.directory);
    expect(await contentOf(reopened)).toEqual(content);
  });

  it('a backup fails, leaves nothing behind, and succeeds with room', async () => {
    await using scratch = await ScratchDirectory.create();
    await using disk = await create(scratch);
    await using store = await openStore(disk.directory);
    await put(store, 'kept', large);
    await disk.fill();
    const target = `${disk.directory}-backup`;
    expect(await isRefused(store.backup(target))).toBe(true);

    await disk.makeRoom();
    await store.backup(target);
    await put(store, 'more', '1');
    expect(await readdir(target)).toEqual(['manifest.json', 'store.db']);
  });

  it('an expired lease stays until its end is on disk, and may still be renewed', async () => {
    await using scratch = await ScratchDirectory.create();
    await using disk = await create(scratch);
    const clock = new ManualClock();
    await using store = await openStore(disk.directory, { clock });
    const health: BackendHealth['status'][] = [];
    store.health$.subscribe(({ status }) => health.push(status));
    const [lost, saved] = [await store.grantLease(1), await store.grantLease(1)];
    await put(store, 'lost', '1', lost.id);
    await put(store, 'saved', '1', saved.id);
    const signal = AbortSignal.timeout(60_000);
    const deletions: KvEvent[] = [];
    store.watch({ prefix: '', afterRevision: 2n, signal }).subscribe(({ events }) => {
      deletions.push(...events);
    });
    await disk.fill();
    await clock.advance(1300);
    await vi.waitFor(() => expect(health).toEqual(['up', 'down']));

    expect(await store.renewLease(saved.id)).toBe(1);
    expect(await contentOf(store)).toEqual([
      ['lost', '1'],
      ['saved', '1'],
    ]);
    await disk.makeRoom();
    await clock.advance(800);
    // The store may find the way back before the end of the lease is written again.
    await vi.waitFor(async () => expect(await contentOf(store)).toEqual([['saved', '1']]));
    expect(health).toEqual(['up', 'down', 'up']);
    expect(deletions).toMatchObject([{ kind: 'delete', key: 'lost', cause: 'expire' }]);

    await clock.advance(400);
    await vi.waitFor(async () => expect(await contentOf(store)).toEqual([]));
  });
});
