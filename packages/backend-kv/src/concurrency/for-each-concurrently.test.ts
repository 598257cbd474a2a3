import { expect, it } from 'vitest';

import { forEachConcurrently } from './for-each-concurrently.ts';

it('does everything, never more than the limit at a time', async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachConcurrently(items, 3, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    done.push(item);
  });

  expect(done.toSorted((left, right) => left - right)).toEqual(items);
  expect(most).toBe(3);
});

it('starts nothing after a failure, waits for what runs, and tells of it', async () => {
  const finished: number[] = [];
  const release = Promise.withResolvers<void>();
  const working = forEachConcurrently([0, 1, 2, 3], 2, async (item) => {
    if (item === 1) throw new Error('one');
    await release.promise;
    finished.push(item);
  });
  release.resolve();

  await expect(working).rejects.toThrow('one');
  expect(finished).toEqual([0]);
});
