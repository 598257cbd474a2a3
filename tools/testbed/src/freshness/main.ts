import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { RegistryClient } from '../server/registry-client.ts';
import { ServerProcess } from '../server/server-process.ts';
import { checkFreshness } from './check-freshness.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`usage: freshness [--rounds 10000] [--concurrency 10]

Writes and reads at once, and exits with 1 when an answer was older than what had been acknowledged.
`);
} else {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'freshness-'));
  await using server = await ServerProcess.start({ dataDirectory });
  using client = new RegistryClient(server.baseUrl);
  const { reads, stale } = await checkFreshness({
    client,
    rounds: Number(values.rounds),
    concurrency: Number(values.concurrency),
  });
  await server.end('SIGTERM');
  await rm(dataDirectory, { recursive: true });
  for (const answer of stale.slice(0, 10)) process.stdout.write(`${answer}\n`);
  process.stdout.write(`${reads} reads, ${stale.length} stale\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
