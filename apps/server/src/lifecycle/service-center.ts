import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { Aggregator } from '@service-center/aggregator';
import { ApiServer } from '@service-center/api-server';
import { Registry } from '@service-center/registry';
import {
  MetricRegistry,
  untilAborted,
  type Clock,
  type InstanceKey,
  type Logger,
  type MetricSnapshot,
} from '@service-center/sdcommon';

import { logKeys, registryKeys, serverKeys, type Configuration } from '../configuration/index.ts';
import { ControlServer } from '../control/control-server.ts';
import { controlSocketPath } from '../control/socket-path.ts';
import { AccessLog } from '../logging/access-log.ts';
import { advertisedEndpoint } from '../network/advertised-endpoint.ts';
import { listen } from '../network/listen.ts';
import { apiServerSettings } from '../wiring/api-server-settings.ts';
import { openStore, type OpenStore } from '../wiring/open-store.ts';
import { registrySettings } from '../wiring/registry-settings.ts';
import { retryWhileAway } from '../wiring/retry-while-away.ts';
import { selfPreservationSettings } from '../wiring/self-preservation-settings.ts';
import { recordVersion } from './record-version.ts';
import { StartError } from './start-error.ts';
import { StartedParts } from './started-parts.ts';

/** What a {@link ServiceCenter} is made of. */
export interface ServiceCenterOptions {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The product's version. */
  readonly version: string;
  /** Gives up the start. */
  readonly signal: AbortSignal;
  /** Default: this process is the whole server. */
  readonly share?: ServerShare;
}

/** What a process needs that is one of several that are one server together. It does not register the server by itself. */
interface ServerShare {
  /** The metrics of the whole server. */
  readonly collectMetrics: () => Promise<readonly MetricSnapshot[]>;
  /** The store is away; the start goes on trying. */
  readonly onStoreAway: () => void;
}

/** One server with everything in it, from the store to the listener. */
export class ServiceCenter {
  /** The address that is bound. */
  readonly address: AddressInfo;
  /** Where it keeps its data, in words and without secrets. */
  readonly store: string;
  readonly #started: StartedServer;
  readonly #parts: StartedParts;

  private constructor(started: StartedServer, parts: StartedParts) {
    this.address = started.address;
    this.store = started.store;
    this.#started = started;
    this.#parts = parts;
  }

  /**
   * Starts a server. When it is back, the server answers requests and is registered itself, unless it shares that.
   *
   * @throws StartError when the store cannot be opened, or the address cannot be bound; the signal's reason. What was
   *   started until then is stopped
   */
  static async start(options: ServiceCenterOptions): Promise<ServiceCenter> {
    const parts = new StartedParts(options.clock);
    try {
      const started = await startParts(options, parts);
      return new ServiceCenter(started, parts);
    } catch (error) {
      await parts.stop();
      throw error;
    }
  }

  /**
   * Registers the server and keeps it registered from then on; for a process that shares a server.
   *
   * @returns the server's instance; undefined when the server is not to be registered
   * @throws ServiceCenterError `unavailableBackend`, and can be called again; the signal's reason
   */
  async register(signal: AbortSignal): Promise<InstanceKey | undefined> {
    const { registry, endpoint } = this.#started;
    await registry.self.start([endpoint], signal);
    return registry.self.instance;
  }

  /** Takes note of the instance as which another process keeps the server registered. */
  adopt(instance: InstanceKey): void {
    this.#started.registry.self.adopt(instance);
  }

  /**
   * Waits until the caches have passed everything that the store holds now, for as long as a request would.
   *
   * @returns false when the time was over first
   * @throws ServiceCenterError `unavailableBackend` when the store cannot be asked; the signal's reason
   */
  catchUp(signal: AbortSignal): Promise<boolean> {
    const { aggregator, registry } = this.#started;
    return aggregator.sync({ timeoutMs: registry.config.barrierTimeoutMs, signal });
  }

  /** What this process measures. */
  collectMetrics(): readonly MetricSnapshot[] {
    return this.#started.metrics.collect();
  }

  /**
   * Stops in order: takes no new connections, unregisters itself, lets requests under way finish, then lets go of the
   * caches and of the store, which has every acknowledged write on disk. Harmless when called again.
   */
  stop(): Promise<void> {
    return this.#parts.stop();
  }
}

/** A server that is started. */
interface StartedServer {
  readonly address: AddressInfo;
  readonly store: string;
  readonly aggregator: Aggregator;
  readonly registry: Registry;
  readonly metrics: MetricRegistry;
  /** Where clients reach it. */
  readonly endpoint: string;
}

async function startParts(
  options: ServiceCenterOptions,
  parts: StartedParts,
): Promise<StartedServer> {
  const { configuration, clock, logger, version, signal, share } = options;
  const metrics = new MetricRegistry();
  parts.accessLog = openAccessLog(configuration, logger);
  const store = await openStore({
    configuration,
    clock,
    logger,
    metrics,
    signal,
    ...(share && { onAway: share.onStoreAway }),
  });
  const { backend } = store;
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
  const { accessLog } = parts;
  const apiServer = new ApiServer({
    registry,
    clock,
    logger,
    metrics,
    ...(share && { collectMetrics: share.collectMetrics }),
    version: { version, buildTag: 'Not provided' },
    config: {
      ...apiServerSettings(configuration),
      ...(share && { socketIoTransports: ['websocket'] }),
    },
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
  const endpoint = advertisedEndpoint({
    configured: configuration.get(registryKeys.instanceEndpoint),
    address: address.address,
    port: address.port,
  });
  const onAway = share?.onStoreAway;
  const persist = (intent: string, attempt: () => Promise<void>): Promise<void> => {
    // A store in the process is not away: what it refuses now it refuses for good.
    if (store.kind === 'embedded') return attempt();
    const retry = { clock, logger, signal, intent, ...(onAway && { onAway }) };
    // A silent store may hold up an attempt for longer than a stop may take.
    return untilAborted(retryWhileAway(attempt, retry), signal);
  };
  if (configuration.get(registryKeys.selfRegister)) {
    const environment = configuration.get(serverKeys.environment);
    await persist('note the version of the server', () =>
      recordVersion(backend, { version, environment }, logger),
    );
  }
  if (share === undefined) {
    await persist('register the server', () => registry.self.start([endpoint], signal));
  }
  if (store.kind === 'embedded') parts.controlServer = await listenForCommands(store, logger);
  signal.throwIfAborted();
  return { address, store: store.place, aggregator, registry, metrics, endpoint };
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

async function listenForCommands(
  { backend, directory }: Extract<OpenStore, { readonly kind: 'embedded' }>,
  logger: Logger,
): Promise<ControlServer | undefined> {
  const socketPath = controlSocketPath(directory);
  if (socketPath === undefined) {
    logger.warn(
      { directory },
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
