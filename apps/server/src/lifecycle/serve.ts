import { resolve } from 'node:path';

import { SystemClock } from '@service-center/sdcommon';

import { expandVariables, logKeys, type Configuration } from '../configuration/index.ts';
import type { CommandEnvironment } from '../cli/command-environment.ts';
import { ServerLog } from '../logging/server-log.ts';
import { formatAuthority, isUnspecified } from '../network/authority.ts';
import { ServiceCenter } from './service-center.ts';
import { StartError } from './start-error.ts';
import { noticeStoreName, warnExposure, warnWithoutEffect } from './startup-warnings.ts';
import { StopSignals } from './stop-signals.ts';

const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];

/**
 * Runs a server until a signal stops it.
 *
 * @returns the exit code
 * @throws StartError when it does not start
 */
export async function serve(
  configuration: Configuration,
  version: string,
  environment: CommandEnvironment,
): Promise<number> {
  const log = await openLog(configuration, environment);
  const { logger } = log;
  const clock = new SystemClock();
  const starting = new AbortController();
  const stopRequested = Promise.withResolvers<void>();
  const stopSignals = new StopSignals({
    clock,
    onStop: (signal) => {
      logger.info({ signal }, 'stopping');
      starting.abort(new StopBeforeStartError());
      stopRequested.resolve();
    },
    onForce: (reason) => {
      logger.error({ reason }, 'ended by force');
      environment.exit(1);
    },
  });
  const onSignal = (signal: NodeJS.Signals): void => {
    stopSignals.receive(signal);
  };
  // Whatever was acknowledged is on disk, and the state is not to be trusted any more: nothing is worth waiting for.
  const onUncaught = (error: unknown, origin: string): void => {
    logger.fatal({ err: error, origin }, 'uncaught error, ending');
    environment.exit(1);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onUncaught);
  try {
    for (const warning of [warnWithoutEffect(configuration), noticeStoreName(configuration)]) {
      if (warning !== undefined) logger.warn({}, warning);
    }
    const server = await ServiceCenter.start({
      configuration,
      clock,
      logger,
      version,
      signal: starting.signal,
    });
    announce(server, version, environment);
    const exposure = warnExposure(server.address.address, server.address.port);
    if (exposure !== undefined) logger.warn({}, exposure);
    await stopRequested.promise;
    await server.stop();
    logger.info({}, 'stopped');
    return 0;
  } catch (error) {
    if (error instanceof StopBeforeStartError) return 0;
    throw error;
  } finally {
    // The watchdog stays: should anything keep the process alive after all, it ends it.
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onUncaught);
    log.close();
  }
}

/** A signal came before the server was up. */
class StopBeforeStartError extends Error {
  constructor() {
    super('stopped before the start was over');
    this.name = 'StopBeforeStartError';
  }
}

async function openLog(
  configuration: Configuration,
  environment: CommandEnvironment,
): Promise<ServerLog> {
  const file = expandVariables(configuration.get(logKeys.file), environment.variables);
  try {
    return await ServerLog.open({
      level: configuration.get(logKeys.level),
      format: configuration.get(logKeys.format),
      file: file === '' ? undefined : resolve(configuration.root, file),
      isTerminal: environment.isErrorTerminal,
    });
  } catch (cause) {
    throw new StartError(
      `log file (${configuration.originOf(logKeys.file)}): ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function announce(server: ServiceCenter, version: string, environment: CommandEnvironment): void {
  const { address, port } = server.address;
  const isEverywhere = isUnspecified(address);
  const url = `http://${formatAuthority(isEverywhere ? '127.0.0.1' : address, port)}`;
  const reach = isEverywhere ? ' (and every other address of this machine)' : '';
  environment.writeOut(
    `Service-Center ${version} is ready at ${url}${reach} with its data in ${server.dataDirectory}\n`,
  );
}
