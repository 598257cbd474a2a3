// Fails when something that a package exports has no docstring. Reads the build: run it after `turbo run build`.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';

import { undocumentedExports } from './docstrings.ts';
import { readWorkspacePackages } from './workspace-packages.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let entryPoints = 0;
let findings = 0;
for (const { directory, manifest } of await readWorkspacePackages(root)) {
  if (manifest.private === true) continue;
  for (const target of Object.values(manifest.exports ?? {})) {
    const types = typeof target === 'string' ? undefined : target['types'];
    if (types === undefined) continue;
    entryPoints += 1;
    const entryPoint = join(root, directory, types);
    if (!existsSync(entryPoint)) {
      findings += 1;
      process.stderr.write(`${relative(root, entryPoint)} has not been built\n`);
      continue;
    }
    for (const { file, name } of undocumentedExports(entryPoint)) {
      findings += 1;
      process.stderr.write(`${relative(root, file)}: ${name} is exported without a docstring\n`);
    }
  }
}
process.stdout.write(`${entryPoints} entry points, ${findings} findings\n`);
process.exitCode = findings === 0 ? 0 : 1;
