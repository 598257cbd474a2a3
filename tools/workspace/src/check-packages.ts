// Packs every publishable package as the registry would get it and lets publint and are-the-types-wrong judge the result.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from './run-command.ts';
import { readWorkspacePackages, type WorkspacePackage } from './workspace-packages.ts';

const root = join(import.meta.dirname, '..', '..', '..');

async function isSound(
  { directory, manifest }: WorkspacePackage,
  scratch: string,
): Promise<boolean> {
  const packed = await mkdtemp(join(scratch, 'pack-'));
  const packageDirectory = join(root, directory);
  const options = ['pack', '--silent', '--pack-destination', packed];
  if (!(await runCommand('pnpm', options, packageDirectory))) return false;
  const [tarball] = await readdir(packed);
  if (tarball === undefined) throw new Error(`${manifest.name}: nothing was packed`);
  const file = join(packed, tarball);
  const publint = await runCommand('publint', ['run', file, '--strict'], root);
  // Without exports there is nothing whose types could be resolved: an executable.
  if (manifest.exports === undefined) return publint;
  // The project is ESM only, which the profile says; what `require` would find is not judged.
  const types = await runCommand('attw', [file, '--profile', 'esm-only', '--quiet'], root);
  if (!types) await runCommand('attw', [file, '--profile', 'esm-only', '--format', 'ascii'], root);
  return publint && types;
}

const scratch = await mkdtemp(join(tmpdir(), 'service-center-packages-'));
try {
  const published = (await readWorkspacePackages(root)).filter(
    ({ manifest }) => manifest.private !== true,
  );
  const unsound: string[] = [];
  for (const candidate of published) {
    process.stdout.write(`${candidate.manifest.name}\n`);
    if (!(await isSound(candidate, scratch))) unsound.push(candidate.manifest.name);
  }
  for (const name of unsound) process.stderr.write(`${name} must not be published like this\n`);
  process.exitCode = unsound.length === 0 ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
