import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import type { EmbeddedKvStore, Synchronous } from '@service-center/backend-embedded';
import { DiskFaults } from '@service-center/testbed';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ScratchDirectory } from './scratch-directory.ts';
import { openStore, put } from './test-store.ts';

/** How a writer runs, and how it ends. */
interface WriterEnd {
  readonly directory: string;
  readonly firstNumber?: number;
  /** How many pairs it acknowledges before its end. */
  readonly acknowledgements: number;
  readonly synchronous?: Synchronous;
  readonly faults?: DiskFaults;
}

/** Runs a writer and ends it; returns the numbers of the acknowledged pairs. */
async function writeUntilEnd(end: WriterEnd): Promise<number[]> {
  const { directory, firstNumber = 0, acknowledgements, synchronous = 'full', faults } = end;
  const script = `${import.meta.dirname}/processes/write-until-killed.ts`;
  const child = spawn(
    process.execPath,
    [...process.execArgv, script, directory, `${firstNumber}`, synchronous],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...faults?.environment } },
  );
  const exited = once(child, 'exit');
  const acknowledged: number[] = [];
  let isEnding = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'open') acknowledged.push(Number(line));
    if (isEnding || acknowledged.length < acknowledgements) continue;
    isEnding = true;
    if (faults === undefined) child.kill('SIGKILL');
    else await faults.cutPower();
  }
  await exited;
  return acknowledged;
}

/** What the store of a directory has, and which pairs are there by half. */
async function inspect(
  store: EmbeddedKvStore,
): Promise<{ readonly numbers: ReadonlySet<number>; readonly halves: readonly string[] }> {
  const { records } = await store.range({ prefix: '/', limit: Number.MAX_SAFE_INTEGER });
  const byKey = new Map(records.map((record) => [record.key, record]));
  const left = records.filter(({ key }) => key.startsWith('/left/'));
  const halves = left.filter(({ key, value, modRevision }) => {
    const twin = byKey.get(key.replace('left', 'right'));
    return twin?.value !== value || twin?.modRevision !== modRevision;
  });
  return {
    numbers: new Set(left.map(({ key }) => Number(key.slice('/left/'.length)))),
    halves: halves.map(({ key }) => key),
  };
}

/** Cuts the power of a writer; returns how many acknowledged pairs are gone, and what is there by half. */
async function lossesOf(
  synchronous: Synchronous,
  seed: number,
): Promise<{ readonly lost: number; readonly halves: readonly string[] }> {
  await using scratch = await ScratchDirectory.create();
  const directory = scratch.at('data');
  // The first start is over before: a power cut in the middle of it leaves nothing to lose.
  await (await openStore(directory)).close();
  await using faults = await DiskFaults.prepare({ directory, seed });
  const acknowledged = await writeUntilEnd({
    directory,
    acknowledgements: 500,
    synchronous,
    faults,
  });
  expect(acknowledged.length).toBeGreaterThanOrEqual(500);
  await using store = await openStore(directory);
  const { numbers, halves } = await inspect(store);
  return { lost: acknowledged.filter((number) => !numbers.has(number)).length, halves };
}

describe('after kill -9', () => {
  it('everything acknowledged is there, nothing is there by half, and revisions go on', async () => {
    await using scratch = await ScratchDirectory.create();
    const seed = 20_261;
    const pauses = fc.sample(fc.integer({ min: 0, max: 3000 }), { numRuns: 6, seed });
    const acknowledged = new Set<number>();
    let lastRevision = 0n;
    for (const [round, acknowledgements] of pauses.entries()) {
      const end = { directory: scratch.path, firstNumber: round * 100_000, acknowledgements };
      for (const number of await writeUntilEnd(end)) acknowledged.add(number);
      await using store = await openStore(scratch.path);
      const { numbers, halves } = await inspect(store);
      expect([...acknowledged].filter((number) => !numbers.has(number))).toEqual([]);
      expect(halves).toEqual([]);
      const revision = await store.currentRevision();
      expect(revision).toBeGreaterThanOrEqual(lastRevision);
      expect(revision).toBeGreaterThanOrEqual(BigInt(acknowledged.size));
      lastRevision = await put(store, '/restarted', `${round}`);
      expect(lastRevision).toBe(revision + 1n);
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

describe('after a power cut', () => {
  it.for([0, 1, 2])('everything acknowledged is there (seed %i)', async (seed) => {
    expect(await lossesOf('full', seed)).toEqual({ lost: 0, halves: [] });
  });

  it('a store that does not sync would have lost something, and this test would notice', async () => {
    const { lost } = await lossesOf('off', 0);
    expect(lost).toBeGreaterThan(0);
  });
});
