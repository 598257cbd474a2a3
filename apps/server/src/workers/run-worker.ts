import { SystemClock } from '@service-center/sdcommon';
import type { Logger } from 'pino';

import type { CommandEnvironment } from '../cli/command-environment.ts';
import { readProductVersion } from '../cli/product-version.ts';
import type { Configuration } from '../configuration/index.ts';
import { openServerLog } from '../lifecycle/open-server-log.ts';
import { ServiceCenter } from '../lifecycle/service-center.ts';
import { StartError } from '../lifecycle/start-error.ts';
import { aborted, StoppableProcess, StoppedError } from '../lifecycle/stoppable-process.ts';
import { retryWhileAway } from '../wiring/retry-while-away.ts';
import { restoreConfiguration } from './configuration-transfer.ts';
import { PrimaryChannel } from './primary-channel.ts';
import { showRegistration } from './show-registration.ts';

/**
 * Runs one of several workers until it is asked to stop. What it is to do comes from the primary.
 *
 * @returns the exit code
 */
export async function runWorker(environment: CommandEnvironment): Promise<number> {
  const clock = new SystemClock();
  const channel = new PrimaryChannel(clock);
  const start = await channel.start();
  const configuration = restoreConfiguration(start);
  try {
    const { logger } = await openServerLog(configuration, environment, { worker: start.worker });
    // Ctrl-C reaches every process of a terminal; what it means comes from the primary.
    process.on('SIGINT', () => undefined);
    using stoppable = new StoppableProcess({
      clock,
      logger,
      signals: ['SIGTERM'],
      exit: environment.exit,
    });
    return await stoppable.run((stopRequest) =>
      work({ configuration, channel, clock, logger, stopRequest }),
    );
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    channel.send({ kind: 'refused', reason: error.message });
    return 1;
  }
}

interface Work {
  readonly configuration: Configuration;
  readonly channel: PrimaryChannel;
  readonly clock: SystemClock;
  readonly logger: Logger;
  readonly stopRequest: AbortSignal;
}

async function work(options: Work): Promise<void> {
  const { configuration, channel, clock, logger, stopRequest } = options;
  const server = await ServiceCenter.start({
    configuration,
    clock,
    logger,
    version: readProductVersion(),
    signal: stopRequest,
    share: {
      collectMetrics: () => channel.collectMetrics(),
      onStoreAway: () => {
        channel.send({ kind: 'waiting' });
      },
    },
  });
  let representing: Promise<void> | undefined;
  let showing: Promise<unknown> | undefined;
  channel.listen({
    onRepresent: () => {
      representing ??= represent(server, options);
    },
    onRepresented: (instance) => {
      server.adopt(instance);
      const shown = showRegistration({
        catchUp: () => server.catchUp(stopRequest),
        answer: () => {
          channel.send({ kind: 'showing' });
        },
        logger,
      });
      showing = Promise.all([showing, shown]);
    },
    collect: () => server.collectMetrics(),
  });
  const { address, port } = server.address;
  channel.send({ kind: 'listening', address, port, store: server.store });
  await aborted(stopRequest);
  await server.stop();
  await Promise.all([representing, showing]);
  logger.info({}, 'stopped');
}

/** Registers the server, however long the store is away: its instance outlives the worker before by two minutes. */
async function represent(server: ServiceCenter, options: Work): Promise<void> {
  const { channel, clock, logger, stopRequest } = options;
  try {
    const instance = await retryWhileAway(() => server.register(stopRequest), {
      clock,
      logger,
      signal: stopRequest,
      intent: 'register the server',
    });
    channel.send({ kind: 'representing', ...(instance && { instance }) });
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
}
