import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { runCrashRound, type Crash } from './crash-round.ts';
import { seededRandom } from './seeded-random.ts';

const usage = `usage: crash [--rounds 20] [--instances 10000] [--concurrency 50] [--fault kill|power-cut] [--seed 1]

Registers instances and takes the server down hard in the middle, round after round on the same data directory.
Exits with 1 when an acknowledged instance is lost, or half an instance is found.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    instances: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '50' },
    fault: { type: 'string', default: 'kill' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  process.exitCode = (await runRounds(parseCrash(values.fault))) ? 0 : 1;
}

async function runRounds(crash: Crash): Promise<boolean> {
  const instances = Number(values.instances);
  const firstSeed = Number(values.seed);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'crash-'));
  let isClean = true;
  for (let seed = firstSeed; seed < firstSeed + Number(values.rounds); seed++) {
    const crashAfter = 1 + Math.floor(seededRandom(seed)() * (instances - 1));
    const result = await runCrashRound({
      dataDirectory,
      crash,
      instances,
      concurrency: Number(values.concurrency),
      crashAfter,
      seed,
    });
    isClean &&= result.lost.length === 0 && result.halves.length === 0;
    process.stdout.write(
      `${crash} seed ${seed}: ${result.acknowledged} acknowledged, ${result.unanswered} unanswered, ` +
        `${result.lost.length} lost, ${result.halves.length} halves, restarted in ${Math.round(result.restartMs)} ms\n`,
    );
  }
  if (isClean) await rm(dataDirectory, { recursive: true });
  else process.stdout.write(`the data directory is kept: ${dataDirectory}\n`);
  return isClean;
}

function parseCrash(text: string): Crash {
  if (text === 'kill' || text === 'power-cut') return text;
  throw new Error(`--fault has to be kill or power-cut, not ${text}\n${usage}`);
}
