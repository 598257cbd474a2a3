import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Measures how long a sync of a small write takes in a directory, because every durable figure depends on it.
 *
 * @returns the median, in milliseconds
 */
export async function measureSyncLatencyMs(directory: string, samples = 200): Promise<number> {
  const path = join(directory, 'sync-latency');
  const file = await open(path, 'w');
  try {
    const block = Buffer.alloc(4096, 1);
    const durations: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      await file.write(block, 0, block.length, sample * block.length);
      const startedMs = performance.now();
      await file.datasync();
      durations.push(performance.now() - startedMs);
    }
    return median(durations);
  } finally {
    await file.close();
    await rm(path);
  }
}

/** The middle of the sorted values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('no values');
  return middle;
}
