import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCrashRound, seededRandom } from '@service-center/testbed';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'crash-'));
});
afterEach(async () => {
  await rm(dataDirectory, { recursive: true });
});

describe.for(['kill', 'power-cut'] as const)(
  'after a %s in the middle of registrations',
  (crash) => {
    it('every acknowledged instance is there, and none by half', async () => {
      for (const seed of [1, 2]) {
        const instances = 800;
        const result = await runCrashRound({
          dataDirectory,
          crash,
          instances,
          concurrency: 40,
          crashAfter: 1 + Math.floor(seededRandom(seed)() * (instances / 2)),
          seed,
        });
        expect(result.acknowledged).toBeGreaterThan(0);
        expect(result.acknowledged).toBeLessThan(instances);
        expect(result.lost).toEqual([]);
        expect(result.halves).toEqual([]);
      }
    });
  },
);
