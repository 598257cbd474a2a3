import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { PushChecker } from './checker/push-checker.ts';
import type { PushViolation } from './checker/violation.ts';
import { formatPushLog, parsePushLog } from './log/push-log-text.ts';
import type { PushLogEntry } from './log/push-log.ts';
import { runConnectStorm } from './scenario/connect-storm.ts';
import { runServerRestart } from './scenario/server-restart.ts';
import { runStoppedReader } from './scenario/stopped-reader.ts';
import { parsePushChannels, type PushChannel } from './soak/push-plan.ts';
import { runPushSoak } from './soak/push-soak.ts';

const usage = `usage: pushes [--seeds 50] [--first 1] [--channel all] [--steps 60] [--connects 10000]
       pushes --check LOG

Lets writers write and subscribers come, break, lag and go on one server, a seed at a time, and judges what everybody was
told. After the seeds: a server that restarts, readers that are stopped, and many connects at once.
Exits with 1 when a change was lost, repeated, reordered or told to the wrong subscriber; the log of such a seed is kept,
and --check judges it again.

  --channel   websocket, socket.io, sse, several with commas between, or all
  --connects  0 leaves everything out but the seeds
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    first: { type: 'string', default: '1' },
    channel: { type: 'string', default: 'all' },
    steps: { type: 'string', default: '60' },
    connects: { type: 'string', default: '10000' },
    check: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  say(usage);
} else if (values.check === undefined) {
  process.exitCode = (await runAll(parsePushChannels(values.channel))) ? 0 : 1;
} else {
  const log = parsePushLog(await readFile(values.check, 'utf8'));
  process.exitCode = tell(new PushChecker(log).check()) ? 0 : 1;
}

async function runAll(channels: readonly PushChannel[]): Promise<boolean> {
  const seeds = await runSeeds(channels);
  const connects = Number(values.connects);
  if (connects === 0) return seeds;
  const scenarios = [
    await restart(channels),
    await stopReaders(),
    ...(await Array.fromAsync(channels, (channel) => connect(channel, connects))),
  ];
  return seeds && !scenarios.includes(false);
}

async function runSeeds(channels: readonly PushChannel[]): Promise<boolean> {
  const first = Number(values.first);
  let isClean = true;
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    const result = await runPushSoak({ seed, channels, steps: Number(values.steps) });
    const { changes, received, disconnects, resets, violations } = result;
    say(
      `seed ${seed}: ${changes} changes, ${received} received, ${disconnects} disconnects, ${resets} resets, ` +
        `${violations.length} violations\n`,
    );
    if (tell(violations)) continue;
    isClean = false;
    say(`the log is kept: ${await keep(seed, result.entries)}\n`);
  }
  return isClean;
}

async function restart(channels: readonly PushChannel[]): Promise<boolean> {
  const { end, untold, leftBehind, violations } = await runServerRestart(channels);
  const missing = [...untold, ...leftBehind];
  say(
    `restart: ended with ${String(end.signal ?? end.code)}, ${missing.length} not told or not let go, ` +
      `${violations.length} violations\n`,
  );
  return tell(violations) && missing.length === 0 && end.code === 0;
}

async function stopReaders(): Promise<boolean> {
  const { slowestMs, deliveries, violations } = await runStoppedReader();
  const states = deliveries.map(({ channel, state }) => `${channel} ${state}`);
  say(
    `stopped readers: ${Math.round(slowestMs)} ms for others at most, ${violations.length} violations, ` +
      `traced ${states.join(', ')}\n`,
  );
  return tell(violations);
}

async function connect(channel: PushChannel, connects: number): Promise<boolean> {
  const { connected, connectMs, violations } = await runConnectStorm(channel, connects);
  say(
    `${connects} connects of ${channel}: ${connected} let in within ${Math.round(connectMs)} ms, ` +
      `${violations.length} violations\n`,
  );
  return tell(violations) && connected === connects;
}

async function keep(seed: number, entries: readonly PushLogEntry[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'pushes-')), `seed-${seed}.jsonl`);
  await writeFile(file, formatPushLog(entries));
  return file;
}

/** @returns whether there was nothing to tell */
function tell(violations: readonly PushViolation[]): boolean {
  for (const { kind, subscriber = 'everybody', tick, detail } of violations.slice(0, 10))
    say(`  line ${tick + 1}: ${kind}, ${subscriber}: ${detail}\n`);
  return violations.length === 0;
}

function say(text: string): void {
  process.stdout.write(text);
}
