import { ServiceCenterError } from '@service-center/sdcommon';
import { expect, it } from 'vitest';

import { retryOnConflict } from './retry-on-conflict.ts';

it('tries until an attempt gets through', async () => {
  let attempts = 0;
  const result = await retryOnConflict('it', async () => (++attempts < 4 ? undefined : 'done'));

  expect(result).toBe('done');
  expect(attempts).toBe(4);
});

it('does not try again after an error', async () => {
  let attempts = 0;
  const trying = retryOnConflict('it', async () => {
    attempts++;
    throw new Error('no');
  });

  await expect(trying).rejects.toThrow('no');
  expect(attempts).toBe(1);
});

it('gives up when others always come first', async () => {
  const error: unknown = await retryOnConflict('service s1', async () => undefined).catch(
    (reason: unknown) => reason,
  );

  expect(ServiceCenterError.is(error, 'unavailableBackend')).toBe(true);
  expect(String(error)).toContain('service s1');
});
