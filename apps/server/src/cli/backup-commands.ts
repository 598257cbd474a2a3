import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { EmbeddedBackend, StoreOpenError } from '@service-center/backend-embedded';
import { MetricRegistry, silentLogger, SystemClock } from '@service-center/sdcommon';

import type { Configuration } from '../configuration/index.ts';
import { requestBackup } from '../control/control-client.ts';
import { controlSocketPath } from '../control/socket-path.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { dataDirectoryOf, openEmbedded } from '../wiring/open-embedded.ts';
import { requireEmbedded } from '../wiring/store-kind.ts';
import type { CommandEnvironment } from './command-environment.ts';

/**
 * Backs a data directory up: by asking the server that owns it, or, when none runs, by itself.
 *
 * @throws StartError when there is nothing to back up, or it fails
 */
export async function runBackup(
  directory: string,
  configuration: Configuration,
  environment: CommandEnvironment,
): Promise<void> {
  requireEmbedded(configuration, 'backup');
  const dataDirectory = dataDirectoryOf(configuration);
  const target = resolve(environment.workingDirectory, directory);
  // Opening it would make it.
  if (!existsSync(dataDirectory)) {
    throw new StartError(`data directory ${dataDirectory}: does not exist`);
  }
  const isDone = await backUpRunning(dataDirectory, target);
  if (!isDone) await backUpStopped(configuration, target);
  environment.writeOut(`${dataDirectory} is backed up in ${target}\n`);
}

/**
 * Makes a data directory from a backup.
 *
 * @throws StartError when either directory cannot be used
 */
export async function runRestore(
  backup: string,
  configuration: Configuration,
  environment: CommandEnvironment,
): Promise<void> {
  requireEmbedded(configuration, 'restore');
  const source = resolve(environment.workingDirectory, backup);
  const dataDirectory = dataDirectoryOf(configuration);
  await explained(() =>
    EmbeddedBackend.restore({
      backup: source,
      directory: dataDirectory,
      clock: new SystemClock(),
    }),
  );
  environment.writeOut(`${source} is restored in ${dataDirectory}\n`);
}

/** @returns false when no server runs on the directory */
async function backUpRunning(dataDirectory: string, target: string): Promise<boolean> {
  const socketPath = controlSocketPath(dataDirectory);
  if (socketPath === undefined) return false;
  let outcome: Awaited<ReturnType<typeof requestBackup>>;
  try {
    outcome = await requestBackup(socketPath, target);
  } catch (cause) {
    throw new StartError(
      `the server on ${dataDirectory} did not make the backup: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  if (outcome?.ok === false) throw new StartError(outcome.error);
  return outcome !== undefined;
}

async function backUpStopped(configuration: Configuration, target: string): Promise<void> {
  await using backend = await openEmbedded({
    configuration,
    clock: new SystemClock(),
    logger: silentLogger,
    metrics: new MetricRegistry(),
  });
  await explained(() => backend.backup(target));
}

async function explained(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StoreOpenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
