import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { recordedStage } from './recorded/recorded-stage.ts';
import { runCommand } from './run-command.ts';
import type { Stage } from './stage.ts';
import { readVitestReport } from './vitest-report.ts';

/** A stage that is one command: it passes when the command exits with 0. */
function command(
  name: string,
  title: string,
  program: string,
  ...programArguments: string[]
): Stage {
  return {
    name,
    title,
    async run({ root }) {
      const ok = await runCommand(program, programArguments, root);
      return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    },
  };
}

/** A stage that runs Vitest projects and counts their tests. */
function vitest(name: string, title: string, ...vitestArguments: string[]): Stage {
  return {
    name,
    title,
    async run({ root, scratch }) {
      const reportFile = join(scratch, `vitest-${name}.json`);
      const ok = await runCommand(
        'vitest',
        [
          'run',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${reportFile}`,
          ...vitestArguments,
        ],
        root,
      );
      const result = readVitestReport(await readFile(reportFile, 'utf8'));
      return { passed: result.passed, failed: ok ? result.failed : Math.max(result.failed, 1) };
    },
  };
}

/** Everything `npm test` does, in this order. A new kind of test is one more entry. */
export const stages: readonly Stage[] = [
  command('format', 'every file is formatted', 'oxfmt', '--check'),
  command('lint', 'lint, with types and with the import rules', 'oxlint'),
  command('types', 'type check of every package', 'turbo', 'run', 'typecheck', '--continue=always'),
  command(
    'imports',
    'manifests follow the import rules',
    'node',
    'tools/workspace/src/check-manifests.ts',
  ),
  command('unused', 'no unused file, export or dependency', 'knip'),
  command(
    'build',
    'build of what is published',
    'turbo',
    'run',
    'build',
    '--continue=dependencies-successful',
  ),
  command(
    'packages',
    'packages as published: publint, are-the-types-wrong',
    'node',
    'tools/workspace/src/check-packages.ts',
  ),
  command(
    'docs',
    'every public export has its docstring',
    'node',
    'tools/workspace/src/check-docstrings.ts',
  ),
  vitest('unit', 'unit and property tests', '--project=!*:integration', '--project=!*:waiting'),
  // One file at a time: these start servers, and two of them would measure each other's load.
  vitest('integration', 'integration tests', '--project=*:integration', '--no-file-parallelism'),
  vitest(
    'waiting',
    'integration tests that wait most of the time',
    '--project=*:waiting',
    '--maxWorkers=6',
  ),
  recordedStage,
];
