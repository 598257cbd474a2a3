import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

const forbidden = [
  ['packages/sdcommon/src/NAME.ts', '@service-center/aggregator'],
  ['packages/aggregator/src/NAME.ts', '@service-center/registry'],
  ['packages/aggregator/src/NAME.ts', '@service-center/backend-kv'],
  ['packages/registry/src/NAME.ts', '@service-center/backend-embedded'],
  ['packages/api-server/src/NAME.ts', '@service-center/aggregator'],
  ['packages/client/src/NAME.ts', '@service-center/sdcommon'],
  ['packages/client/src/NAME.ts', '@service-center/sdcommon/testing'],
  ['packages/registry/src/NAME.ts', '../../sdcommon/src/index.ts'],
  ['packages/registry/src/area/NAME.ts', '../../../sdcommon/src/index.ts'],
  ['packages/registry/src/NAME.ts', '@service-center/sdcommon/src/index.ts'],
  ['packages/registry/src/NAME.test.ts', '@service-center/api-server'],
  ['packages/registry/test/NAME.test.ts', '@service-center/server'],
] as const;

const allowed = [
  ['packages/backend-kv/src/NAME.ts', '@service-center/sdcommon'],
  ['packages/backend-kv/src/NAME.ts', '@service-center/sdcommon/model'],
  ['packages/client/src/NAME.ts', '@service-center/sdcommon/model'],
  ['packages/registry/src/NAME.test.ts', '@service-center/backend-kv/testing'],
  ['packages/registry/test/NAME.test.ts', '../src/index.ts'],
  ['packages/registry/src/area/NAME.ts', '../index.ts'],
  ['apps/server/src/NAME.ts', '@service-center/api-server'],
] as const;

/** The file that a case gets: many cases are about the same folder. */
function fileOf(path: string, specifier: string): string {
  return path.replace('NAME', specifier.replaceAll(/[^a-z]+/g, '-'));
}

let checkout: string;
let findings: string;

// One lint over a made-up checkout that holds every case, with the real configuration.
beforeAll(async () => {
  // Below the workspace, so that the configuration finds its own imports.
  await mkdir(join(root, '.toolchain'), { recursive: true });
  checkout = await mkdtemp(join(root, '.toolchain', 'import-rules-'));
  await writeFile(
    join(checkout, 'oxlint.config.ts'),
    `export { default } from '../../oxlint.config.ts';\n`,
  );
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const files: string[] = [];
  for (const [path, specifier] of [...forbidden, ...allowed]) {
    const file = fileOf(path, specifier);
    files.push(file);
    await mkdir(dirname(join(checkout, file)), { recursive: true });
    await writeFile(join(checkout, file), `export * from '${specifier}';\n`);
  }
  findings = await new Promise((resolve) => {
    const oxlint = join(root, 'node_modules', '.bin', 'oxlint');
    // Named one by one: the directory is ignored by git, and so by a linter that searches for itself.
    const lint = ['--no-ignore', '--format=unix', ...files];
    execFile(oxlint, lint, { cwd: checkout }, (_exit, stdout) => resolve(stdout));
  });
});

afterAll(() => rm(checkout, { recursive: true }));

/** Whether the linter forbade that file's import. */
function isForbidden(path: string, specifier: string): boolean {
  return findings
    .split('\n')
    .some((line) => line.startsWith(`${fileOf(path, specifier)}:`) && line.includes('restricted'));
}

describe('an import that the table forbids fails the lint', () => {
  test.each(forbidden)('%s importing %s', (path, specifier) => {
    expect(isForbidden(path, specifier)).toBe(true);
  });
});

describe('an import that the table allows does not', () => {
  test.each(allowed)('%s importing %s', (path, specifier) => {
    expect(isForbidden(path, specifier)).toBe(false);
  });
});
