import { expect, it } from 'vitest';

import { GuardedProcess } from '../process/guarded-process.ts';
import { WallClock } from './wall-clock.ts';

const dayMs = 86_400_000;
/** Says every few milliseconds by how much its clocks are ahead of those that it began with. */
const program = `
  const wallMs = Date.now();
  const monotonicMs = performance.now();
  setInterval(() => {
    const passedMs = performance.now() - monotonicMs;
    console.log(JSON.stringify([
      Date.now() - wallMs - passedMs,
      new Date().getTime() - wallMs - passedMs,
      new Date(5).getTime(),
      new Date() instanceof Date,
    ]));
  }, 10);
`;

it('moves the wall clock of a process, and nothing else', async () => {
  await using clock = await WallClock.prepare();
  let latest = '';
  await using child = new GuardedProcess({
    program: process.execPath,
    programArguments: [...clock.nodeFlags, '--eval', program],
    environment: clock.environment,
    onStandardOutput: (chunk) => {
      latest = chunk.trimEnd().split('\n').at(-1) ?? '';
    },
  });
  const aheadDays = (): string =>
    latest.replaceAll(/-?\d+\.\d+/gu, (ms) => String(Math.round(Number(ms) / dayMs)));
  await expect.poll(aheadDays, { timeout: 8000 }).toMatch(/^\[-?0,-?0,5,true\]$/u);
  await clock.moveTo(3 * dayMs);
  await expect.poll(aheadDays).toBe('[3,3,5,true]');
  await clock.moveTo(-2 * dayMs);
  await expect.poll(aheadDays).toBe('[-2,-2,5,true]');
  expect(child.isRunning).toBe(true);
});

it('says so when there is no process whose clock could be moved', async () => {
  await using clock = await WallClock.prepare();
  await expect(clock.moveTo(1)).rejects.toThrow('ENOENT');
});
