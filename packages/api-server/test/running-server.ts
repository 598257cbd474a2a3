import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Aggregator } from '@service-center/aggregator';
import { EmbeddedBackend } from '@service-center/backend-embedded';
import { defaultRegistryConfig, Registry, type RegistryConfig } from '@service-center/registry';
import { MetricRegistry, silentLogger, SystemClock } from '@service-center/sdcommon';

import { ApiServer, type ApiServerOptions } from '../src/index.ts';

const version = '0.1.0';

/** A registry on a store of its own, with the server that serves it; everything real but its size. */
export class RunningServer implements AsyncDisposable {
  readonly api: ApiServer;
  readonly registry: Registry;
  readonly aggregator: Aggregator;
  readonly metrics: MetricRegistry;
  /** Such as `http://127.0.0.1:41234`. */
  readonly baseUrl: string;
  readonly port: number;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    parts: {
      readonly api: ApiServer;
      readonly registry: Registry;
      readonly aggregator: Aggregator;
      readonly metrics: MetricRegistry;
      readonly port: number;
    },
    resources: AsyncDisposableStack,
  ) {
    this.api = parts.api;
    this.registry = parts.registry;
    this.aggregator = parts.aggregator;
    this.metrics = parts.metrics;
    this.port = parts.port;
    this.baseUrl = `http://127.0.0.1:${parts.port}`;
    this.#resources = resources;
  }

  /** Starts with an empty store. @param options - what differs from a server as it is shipped */
  static async start({
    registryConfig,
    ...options
  }: Pick<ApiServerOptions, 'config' | 'hooks'> & {
    readonly registryConfig?: Partial<RegistryConfig>;
  } = {}): Promise<RunningServer> {
    await using resources = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'api-server-'));
    resources.defer(() => rm(directory, { recursive: true }));
    const clock = new SystemClock();
    const logger = silentLogger;
    const metrics = new MetricRegistry();
    const backend = resources.use(await EmbeddedBackend.open({ directory, clock, logger }));
    const aggregator = resources.use(new Aggregator({ backend, clock, logger, metrics }));
    const registry = resources.use(
      new Registry({
        backend,
        aggregator,
        clock,
        logger,
        metrics,
        config: { ...defaultRegistryConfig, ...registryConfig },
        server: { version },
      }),
    );
    registry.start();
    await aggregator.start();
    const api = resources.use(
      new ApiServer({
        registry,
        clock,
        logger,
        metrics,
        version: { version, buildTag: 'test' },
        ...options,
      }),
    );
    const { port } = await api.listen({ host: '127.0.0.1', port: 0 });
    await registry.self.start([`rest://127.0.0.1:${port}/`]);
    const parts = { api, registry, aggregator, metrics, port };
    return new RunningServer(parts, resources.move());
  }

  /** Stops. @throws Error when the caches are not what the store holds: no test may end so */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _resources = this.#resources;
    const check = await this.aggregator.check();
    if (!check.isReached || !check.isEqual) {
      throw new Error(`caches differ from the store: ${JSON.stringify(check.types)}`);
    }
  }
}
