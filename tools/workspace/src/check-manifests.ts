// Fails when a manifest names a package that the import rules forbid, or a version outside the catalog.

import { join } from 'node:path';

import { manifestFindings } from './manifest-rules.ts';
import { readWorkspacePackages } from './workspace-packages.ts';

const packages = await readWorkspacePackages(join(import.meta.dirname, '..', '..', '..'));
const findings = packages.flatMap(manifestFindings);
for (const finding of findings) process.stderr.write(`${finding}\n`);
process.stdout.write(`${packages.length} manifests, ${findings.length} findings\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
