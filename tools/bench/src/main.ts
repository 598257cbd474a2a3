import { parseArgs } from 'node:util';

import { etcdHeartbeat } from './scenarios/etcd-heartbeat.ts';
import { etcdRegister } from './scenarios/etcd-register.ts';
import { etcdRestart } from './scenarios/etcd-restart.ts';
import { etcdVisibility } from './scenarios/etcd-visibility.ts';
import { findInstances } from './scenarios/find-instances.ts';
import { heartbeat } from './scenarios/heartbeat.ts';
import { pushFanOut } from './scenarios/push-fan-out.ts';
import { pushMemory } from './scenarios/push-memory.ts';
import { pushOthers } from './scenarios/push-others.ts';
import { pushSteady } from './scenarios/push-steady.ts';
import { registerGrowing } from './scenarios/register-growing.ts';
import { restart } from './scenarios/restart.ts';
import { routesBySize } from './scenarios/routes-by-size.ts';
import type { Scenario } from './scenarios/scenario.ts';

const scenarios: readonly Scenario[] = [
  findInstances,
  heartbeat,
  registerGrowing,
  restart,
  routesBySize,
  pushFanOut,
  pushOthers,
  pushSteady,
  pushMemory,
  etcdHeartbeat,
  etcdRegister,
  etcdRestart,
  etcdVisibility,
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  const lines = scenarios.map(({ name, about }) => `  ${name.padEnd(12)}${about}`);
  process.stdout.write(
    `usage: bench [--only find,heartbeat] [--seconds 5] [--rounds 5]\n\n${lines.join('\n')}\n`,
  );
} else {
  const only = values.only.split(',').filter((name) => name !== '');
  for (const scenario of scenarios) {
    if (only.length > 0 && !only.includes(scenario.name)) continue;
    const figures = await scenario.measure({
      seconds: Number(values.seconds),
      rounds: Number(values.rounds),
    });
    for (const { name, measured, wanted, isReached } of figures) {
      const verdict = wanted === '' ? '' : `wanted ${wanted}: ${isReached ? 'reached' : 'MISSED'}`;
      process.stdout.write(`${name.padEnd(42)}${measured.padEnd(52)}${verdict}\n`);
    }
  }
}
