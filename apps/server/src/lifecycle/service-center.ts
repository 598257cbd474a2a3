import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { Aggregator } from '@service-center/aggregator';
import { ApiServer } from '@service-center/api-server';
import type { EmbeddedBackend } from '@service-center/backend-embedded';
import { Registry } from '@service-center/registry';
import { MetricRegistry, type Clock, type Logger } from '@service-center/sdcommon';

import { logKeys, registryKeys, serverKeys, type Configuration } from '../configuration/index.ts';
import { ControlServer } from '../control/control-server.ts';
import { controlSocketPath } from '../control/socket-path.ts';
import { AccessLog } from '../logging/access-log.ts';
import { advertisedEndpoint } from '../network/advertised-endpoint.ts';
import { formatAuthority } from '../network/authority.ts';
import { apiServerSettings } from '../wiring/api-server-settings.ts';
import { dataDirectoryOf, openStore } from '../wiring/open-store.ts';
import { registrySettings } from '../wiring/registry-settings.ts';
import { selfPreservationSettings } from '../wiring/self-preservation-settings.ts';
import { StartError } from './start-error.ts';

/** How long requests under way may take after a stop was asked for (spec 05 §7.2). */
const drainMs = 3000;

/** What a {@link ServiceCenter} is made of. */
export interface ServiceCenterOptions {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The product's version. */
  readonly version: string;
  /** Gives up the start. */
  readonly signal: AbortSignal;
}

/** One server with everything in it, from the store to the listener. */
export class ServiceCenter {
  /** The address that is bound. */
  readonly address: AddressInfo;
  /** Where it keeps its data, as an absolute path. */
  readonly dataDirectory: string;
  readonly #parts: StartedParts;

  private constructor(address: AddressInfo, dataDirectory: string, parts: StartedParts) {
    this.address = address;
    this.dataDirectory = dataDirectory;
    this.#parts = parts;
  }

  /**
   * Starts a server. When it is back, the server answers requests and is registered itself.
   *
   * @throws StartError when the store cannot be opened, or the address cannot be bound; the signal's reason. What was
   *   started until then is stopped
   */
  static async start(options: ServiceCenterOptions): Promise<ServiceCenter> {
    const parts = new StartedParts();
    try {
      const address = await startParts(options, parts);
      return new ServiceCenter(address, dataDirectoryOf(options.configuration), parts);
    } catch (error) {
      await parts.stop();
      throw error;
    }
  }

  /**
   * Stops in order: takes no new connections, unregisters itself, lets requests under way finish, then lets go of the
   * caches and of the store, which has every acknowledged write on disk. Harmless when called again.
   */
  stop(): Promise<void> {
    return this.#parts.stop();
  }
}

/** The parts of a server as far as they are started. */
class StartedParts {
  accessLog: AccessLog | undefined;
  backend: EmbeddedBackend | undefined;
  aggregator: Aggregator | undefined;
  registry: Registry | undefined;
  apiServer: ApiServer | undefined;
  controlServer: ControlServer | undefined;
  #stopping: Promise<void> | undefined;

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    // Closing takes effect at once; waiting for it means waiting for requests, which the own registration need not.
    const drained = this.apiServer?.close({ graceMs: drainMs });
    await this.registry?.self.stop();
    await drained;
    await this.controlServer?.close();
    await this.registry?.close();
    await this.aggregator?.close();
    await this.backend?.close();
    this.accessLog?.close();
  }
}

async function startParts(
  options: ServiceCenterOptions,
  parts: StartedParts,
): Promise<AddressInfo> {
  const { configuration, clock, logger, version, signal } = options;
  const metrics = new MetricRegistry();
  parts.accessLog = openAccessLog(configuration, logger);
  const backend = await openStore({ configuration, clock, logger, metrics });
  parts.backend = backend;
  signal.throwIfAborted();
  const aggregator = new Aggregator({
    backend,
    clock,
    logger,
    metrics,
    selfPreservation: selfPreservationSettings(configuration),
  });
  parts.aggregator = aggregator;
  const config = registrySettings(configuration);
  const registry = new Registry({
    backend,
    aggregator,
    clock,
    logger,
    metrics,
    config,
    server: { version },
  });
  parts.registry = registry;
  registry.start();
  await aggregator.start(signal);
  const environment = configuration.get(serverKeys.environment);
  await recordVersion(backend, { version, environment }, logger);
  const { accessLog } = parts;
  const apiServer = new ApiServer({
    registry,
    clock,
    logger,
    metrics,
    version: { version, buildTag: 'Not provided' },
    config: apiServerSettings(configuration),
    hooks: {
      onAccess:
        accessLog &&
        ((entry) => {
          accessLog.write(entry);
        }),
      onInternalError: (envelope) => {
        registry.alarms.raise('InternalError', envelope);
      },
    },
  });
  parts.apiServer = apiServer;
  const address = await listen(apiServer, configuration);
  await registry.self.start(
    [
      advertisedEndpoint({
        configured: configuration.get(registryKeys.instanceEndpoint),
        address: address.address,
        port: address.port,
      }),
    ],
    signal,
  );
  parts.controlServer = await listenForCommands(dataDirectoryOf(configuration), backend, logger);
  signal.throwIfAborted();
  return address;
}

function openAccessLog(configuration: Configuration, logger: Logger): AccessLog | undefined {
  if (!configuration.get(logKeys.accessEnable)) return undefined;
  const file = resolve(configuration.root, configuration.get(logKeys.accessFile));
  try {
    return new AccessLog(file, (error) => {
      logger.warn({ err: error, file }, 'access log not written');
    });
  } catch (cause) {
    throw new StartError(`access log: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Notes the version of the servers on the store, and says so when a newer one was there (spec 05 §7.1). */
async function recordVersion(
  backend: EmbeddedBackend,
  own: { readonly version: string; readonly environment: string },
  logger: Logger,
): Promise<void> {
  const stored = await backend.serverRecord.raise(own);
  if (stored.version !== own.version) {
    logger.warn(
      { stored: stored.version, own: own.version },
      'a newer version of the server has used this store',
    );
  }
}

async function listen(apiServer: ApiServer, configuration: Configuration): Promise<AddressInfo> {
  const host = configuration.get(serverKeys.host);
  const port = configuration.get(serverKeys.port);
  try {
    return await apiServer.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reason =
      listenFailures.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
    throw new StartError(`cannot listen on ${formatAuthority(host, port)}: ${reason}`, { cause });
  }
}

const listenFailures: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is taken by another process; choose another one with --port'],
  ['EACCES', 'this user may not use the port; choose one above 1023 with --port'],
  ['EADDRNOTAVAIL', 'this machine does not have the address'],
  ['ENOTFOUND', 'the host name is unknown'],
]);

async function listenForCommands(
  dataDirectory: string,
  backend: EmbeddedBackend,
  logger: Logger,
): Promise<ControlServer | undefined> {
  const socketPath = controlSocketPath(dataDirectory);
  if (socketPath === undefined) {
    logger.warn(
      { dataDirectory },
      'the path of the data directory is too long for a socket: no backup while the server runs',
    );
    return undefined;
  }
  const controlServer = new ControlServer({
    socketPath,
    backup: (target) => backend.backup(target),
    logger,
  });
  await controlServer.listen();
  return controlServer;
}
