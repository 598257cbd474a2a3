import { parseArgs } from 'node:util';

import type { FaultFigures } from './fault-figures.ts';
import { etcdFaults } from './faults/etcd-faults.ts';
import { runFaultRound } from './run-fault-round.ts';

const names = etcdFaults.map(({ name }) => name);
const usage = `usage: faults [--seeds 5] [--first 1] [--only name]...

Lets faults befall servers over etcd while they are written to, asked and watched; each fault once for each seed.
Exits with 1 when an acknowledged write is lost, a live instance is dropped from an answer, or anything else is wrong.

names: ${names.join(', ')}
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  process.exitCode = (await runRounds(values.only)) ? 0 : 1;
}

async function runRounds(only: readonly string[]): Promise<boolean> {
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no fault ${unknown}\n${usage}`);
  const first = Number(values.first);
  let isClean = true;
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    for (const fault of etcdFaults) {
      if (only.length > 0 && !only.includes(fault.name)) continue;
      const figures = await runFaultRound({ fault, seed });
      process.stdout.write(`${fault.name} seed ${seed}: ${describe(figures)}\n`);
      const wrong = [...figures.lost, ...figures.dropped, ...figures.problems];
      isClean &&= wrong.length === 0;
      for (const what of wrong.slice(0, 20)) process.stdout.write(`  ${what}\n`);
    }
  }
  return isClean;
}

function describe(figures: FaultFigures): string {
  return [
    `${figures.acknowledged} acknowledged`,
    `${figures.lost.length} lost`,
    `${figures.refused} refused`,
    `longest refusal ${Math.round(figures.longestRefusalMs)} ms`,
    `${figures.unanswered} unanswered`,
    `${figures.heartbeats} heartbeats`,
    `${figures.expired} expired`,
    `${figures.dropped.length} dropped of ${figures.finds} finds`,
    `failed over in ${Math.round(figures.failoverMs)} ms`,
    `recovered in ${Math.round(figures.recoveryMs)} ms`,
    `caught up in ${Math.round(figures.caughtUpMs)} ms`,
    `${figures.pushed} pushed`,
  ].join(', ');
}
