import { basename } from 'node:path';

import { importRules } from './import-rules.ts';
import type { WorkspacePackage } from './workspace-packages.ts';

const scope = '@service-center/';

function packageOf(entryPoint: string): string {
  return entryPoint.split('/')[0] ?? entryPoint;
}

/**
 * What in a package's manifest breaks the rules of the workspace.
 *
 * The linter sees import statements; this sees what a package could import. Both follow the one table, so that nobody
 * widens a manifest first and the imports later.
 *
 * @returns one sentence a finding, empty when all is well
 */
export function manifestFindings({ directory, manifest }: WorkspacePackage): string[] {
  const rule = importRules[directory];
  if (rule === undefined) {
    return [`${directory} is not in the table of who may import whom (import-rules.ts)`];
  }
  const findings: string[] = [];
  if (manifest.name !== `${scope}${basename(directory)}`) {
    findings.push(
      `${directory} must be named ${scope}${basename(directory)}, not ${manifest.name}`,
    );
  }
  const sources = rule.sources.map(packageOf);
  const tests = [...sources, ...rule.tests.map(packageOf)];
  const kinds = [
    ['dependencies', manifest.dependencies, sources],
    ['peerDependencies', manifest.peerDependencies, sources],
    ['optionalDependencies', manifest.optionalDependencies, sources],
    ['devDependencies', manifest.devDependencies, tests],
  ] as const;
  for (const [kind, dependencies, allowed] of kinds) {
    for (const [name, version] of Object.entries(dependencies ?? {})) {
      if (name.startsWith(scope)) {
        if (!allowed.includes(name.slice(scope.length))) {
          findings.push(`${directory} must not name ${name} in ${kind}`);
        }
        if (version !== 'workspace:*') {
          findings.push(`${directory} must take ${name} as workspace:*, not ${version}`);
        }
      } else if (kind !== 'peerDependencies' && version !== 'catalog:') {
        findings.push(`${directory} must take ${name} from the catalog, not ${version}`);
      }
    }
  }
  return findings;
}
