// `npm test`: every check and every test of the workspace.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';

import { runStages } from './run-stages.ts';
import { stages } from './stages.ts';

const names = stages.map(({ name }) => name).join(', ');

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function selected(only: readonly string[], skip: readonly string[]): typeof stages {
  const unknown = [...only, ...skip].find((name) => !stages.some((stage) => stage.name === name));
  if (unknown !== undefined) throw new RangeError(`no stage ${unknown}; there are: ${names}`);
  return stages.filter(
    ({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name),
  );
}

const root = join(import.meta.dirname, '..', '..', '..');
process.env['PATH'] = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    skip: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
});
const split = (lists: readonly string[]): string[] => lists.flatMap((list) => list.split(','));

if (values.help) {
  print(`npm test [-- --only STAGE,... | --skip STAGE,...]\nstages: ${names}`);
} else {
  const scratch = await mkdtemp(join(tmpdir(), 'service-center-test-'));
  try {
    const chosen = selected(split(values.only), split(values.skip));
    const { failed } = await runStages(chosen, { root, scratch }, print);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
