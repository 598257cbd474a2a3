import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// The condition under which a package's exports lead to its sources, so that no test ever runs against a stale build.
const sourceCondition = '@service-center/source';
const conditions = [sourceCondition, 'module', 'node', 'development|production'];

const packageDirectories = globSync(['packages/*', 'apps/*', 'tools/*', 'examples'], {
  cwd: import.meta.dirname,
}).filter((directory) => existsSync(join(import.meta.dirname, directory, 'package.json')));

// Tests that wait most of the time, for leases to run out and members to be missed: several files of them run at once.
const waiting = 'test/**/*.waiting.test.ts';

function project(
  name: string,
  directory: string,
  include: string[],
  testTimeout: number,
  exclude: string[] = [],
): TestProjectInlineConfiguration {
  return {
    root: join(import.meta.dirname, directory),
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      name,
      include,
      exclude,
      testTimeout,
      hookTimeout: testTimeout,
      environment: 'node',
      pool: 'forks',
      // Worker threads and child processes that a test starts find the sources the same way.
      execArgv: [`--conditions=${sourceCondition}`],
    },
  };
}

export default defineConfig({
  test: {
    projects: packageDirectories.flatMap((directory) => {
      const name = basename(directory);
      return [
        project(name, directory, ['src/**/*.test.ts'], 10_000),
        project(`${name}:integration`, directory, ['test/**/*.test.ts'], 120_000, [waiting]),
        project(`${name}:waiting`, directory, [waiting], 180_000),
      ];
    }),
  },
});
