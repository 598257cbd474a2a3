#!/usr/bin/env node
import cluster from 'node:cluster';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

import type { CommandEnvironment } from './cli/command-environment.ts';

const oldestNodeMajor = 24;

// Everything else is loaded after this check, since an older Node.js cannot even read it.
if (Number.parseInt(process.versions.node, 10) < oldestNodeMajor) {
  process.stderr.write(
    `service-center: needs Node.js ${oldestNodeMajor} or newer, this is ${process.versions.node}\n`,
  );
  process.exitCode = 1;
} else {
  // Not the shared directory for temporary files, where others could plant code. Saves a third of the time to start.
  const { XDG_CACHE_HOME: cacheHome, HOME: home } = process.env;
  const cache = cacheHome ?? (home && join(home, '.cache'));
  if (cache) enableCompileCache(join(cache, 'service-center', 'compiled'));
  const environment: CommandEnvironment = {
    variables: process.env,
    workingDirectory: process.cwd(),
    isErrorTerminal: process.stderr.isTTY,
    writeOut: (text) => {
      process.stdout.write(text);
    },
    writeError: (text) => {
      process.stderr.write(text);
    },
    exit: (code) => process.exit(code),
  };
  if (cluster.isWorker) {
    const { runWorker } = await import('./workers/run-worker.ts');
    // The channel to the primary would keep the process alive.
    environment.exit(await runWorker(environment));
  }
  const { run } = await import('./cli/run.ts');
  process.exitCode = await run(process.argv.slice(2), environment);
}
