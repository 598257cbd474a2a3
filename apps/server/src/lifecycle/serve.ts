import { SystemClock } from '@service-center/sdcommon';
import type { Logger } from 'pino';

import type { CommandEnvironment } from '../cli/command-environment.ts';
import type { Configuration } from '../configuration/index.ts';
import { clusterLaunch } from '../workers/cluster-launch.ts';
import { transferConfiguration } from '../workers/configuration-transfer.ts';
import { workerCount } from '../workers/worker-count.ts';
import { WorkerSupervisor, type ServerPlace } from '../workers/worker-supervisor.ts';
import { announce } from './announcement.ts';
import { openServerLog } from './open-server-log.ts';
import { ServiceCenter } from './service-center.ts';
import { noticeStoreName, warnExposure, warnWithoutEffect } from './startup-warnings.ts';
import { aborted, StoppableProcess } from './stoppable-process.ts';

/**
 * Runs a server until a signal stops it, in this process or in several workers.
 *
 * @returns the exit code
 * @throws StartError when it does not start
 */
export async function serve(
  configuration: Configuration,
  version: string,
  environment: CommandEnvironment,
): Promise<number> {
  const workers = workerCount(configuration);
  const log = await openServerLog(configuration, environment);
  const { logger } = log;
  const clock = new SystemClock();
  using stoppable = new StoppableProcess({
    clock,
    logger,
    signals: ['SIGTERM', 'SIGINT'],
    exit: environment.exit,
  });
  const onReady = (place: ServerPlace): void => {
    environment.writeOut(announce({ version, workers, ...place }));
    const exposure = warnExposure(place.address, place.port);
    if (exposure !== undefined) logger.warn({}, exposure);
  };
  try {
    for (const warning of [warnWithoutEffect(configuration), noticeStoreName(configuration)]) {
      if (warning !== undefined) logger.warn({}, warning);
    }
    const run = { configuration, version, clock, logger, onReady };
    return await stoppable.run((stopRequest) =>
      workers === 1 ? serveAlone(run, stopRequest) : superviseWorkers(run, workers, stopRequest),
    );
  } finally {
    log.close();
  }
}

interface ServerRun {
  readonly configuration: Configuration;
  readonly version: string;
  readonly clock: SystemClock;
  readonly logger: Logger;
  readonly onReady: (place: ServerPlace) => void;
}

async function serveAlone(run: ServerRun, stopRequest: AbortSignal): Promise<void> {
  const { configuration, version, clock, logger, onReady } = run;
  const server = await ServiceCenter.start({
    configuration,
    clock,
    logger,
    version,
    signal: stopRequest,
  });
  const { address, port } = server.address;
  onReady({ address, port, store: server.store });
  await aborted(stopRequest);
  await server.stop();
  logger.info({}, 'stopped');
}

async function superviseWorkers(
  run: ServerRun,
  count: number,
  stopRequest: AbortSignal,
): Promise<void> {
  const { configuration, clock, logger, onReady } = run;
  const supervisor = new WorkerSupervisor({
    count,
    launch: clusterLaunch(logger),
    configuration: transferConfiguration(configuration),
    clock,
    logger,
  });
  const stopped = aborted(stopRequest);
  try {
    const place = await Promise.race([supervisor.start(), stopped]);
    if (place !== undefined) {
      onReady(place);
      await Promise.race([stopped, supervisor.failed]);
    }
  } finally {
    await supervisor.stop();
  }
  logger.info({}, 'stopped');
}
