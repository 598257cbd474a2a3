import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ScratchDirectory } from './scratch-directory.ts';
import { openStore, put } from './test-store.ts';

/** Runs a writer and kills it after it acknowledged a number of pairs; returns the acknowledged ones. */
async function writeUntilKilled(
  directory: string,
  firstNumber: number,
  acknowledgements: number,
): Promise<number[]> {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      `${import.meta.dirname}/processes/write-until-killed.ts`,
      directory,
      `${firstNumber}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'open') acknowledged.push(Number(line));
    if (acknowledged.length >= acknowledgements) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}

describe('after kill -9', () => {
  it('everything acknowledged is there, nothing is there by half, and revisions go on', async () => {
    await using scratch = await ScratchDirectory.create();
    const seed = 20_261;
    const pauses = fc.sample(fc.integer({ min: 0, max: 3000 }), { numRuns: 6, seed });
    const acknowledged = new Set<number>();
    let first = 0;
    let lastRevision = 0n;
    for (const pause of pauses) {
      for (const number of await writeUntilKilled(scratch.path, first, pause)) {
        acknowledged.add(number);
      }
      await using store = await openStore(scratch.path);
      const { records } = await store.range({ prefix: '/', limit: Number.MAX_SAFE_INTEGER });
      const byKey = new Map(records.map((record) => [record.key, record]));
      const missing = [...acknowledged].filter((number) => !byKey.has(`/left/${number}`));
      expect(missing).toEqual([]);
      const halves = records.filter(({ key, value, modRevision }) => {
        if (!key.startsWith('/left/')) return false;
        const twin = byKey.get(key.replace('left', 'right'));
        return twin?.value !== value || twin?.modRevision !== modRevision;
      });
      expect(halves).toEqual([]);
      const revision = await store.currentRevision();
      expect(revision).toBeGreaterThanOrEqual(lastRevision);
      expect(revision).toBeGreaterThanOrEqual(BigInt(acknowledged.size));
      lastRevision = await put(store, '/restarted', `${pause}`);
      expect(lastRevision).toBe(revision + 1n);
      first += 100_000;
    }
  });

  it('at any moment of the first start, the next start succeeds', async () => {
    await using scratch = await ScratchDirectory.create();
    for (let delayMs = 0; delayMs < 400; delayMs += 25) {
      const child = spawn(
        process.execPath,
        [...process.execArgv, `${import.meta.dirname}/processes/open-store.ts`, scratch.at('data')],
        { stdio: 'ignore', timeout: 1 + delayMs, killSignal: 'SIGKILL' },
      );
      await once(child, 'exit');
      await using store = await openStore(scratch.at('data'));
      expect(await put(store, 'a', '1')).toBe(1n);
      await store.close();
      await rm(scratch.at('data'), { recursive: true });
    }
  });
});
