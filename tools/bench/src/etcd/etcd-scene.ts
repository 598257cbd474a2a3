import { EtcdNode, RegistryClient, ServerProcess } from '@service-center/testbed';

import { onServerProcessor } from '../machine/processors.ts';

/** As much as etcd's makers take for reasonable; the default of 2 GiB is soon full of history. */
const quotaFlag = `--quota-backend-bytes=${8 * 1024 ** 3}`;
/** Compiling sources takes a while, and so may a full store. */
const startTimeoutMs = 120_000;

/** An etcd of one member on this machine, which syncs every write to its disk, and servers on it. */
export class EtcdScene {
  readonly etcd: EtcdNode;
  readonly #resources: AsyncDisposableStack;

  private constructor(etcd: EtcdNode, resources: AsyncDisposableStack) {
    this.etcd = etcd;
    this.#resources = resources;
  }

  static async prepare(): Promise<EtcdScene> {
    const resources = new AsyncDisposableStack();
    return new EtcdScene(
      resources.use(await EtcdNode.start({ flags: [quotaFlag], startTimeoutMs })),
      resources,
    );
  }

  /**
   * Starts a server on the etcd, on the processor for servers.
   *
   * @param settings - such as `log.level=DEBUG`
   */
  async startServer(...settings: readonly string[]): Promise<ServerProcess> {
    const all = [
      'registry.kind=etcd',
      `registry.etcd.cluster.endpoints=${this.etcd.url}`,
      'quota.cap.service.limit=10000000',
      'quota.cap.instance.limit=10000000',
      ...settings,
    ];
    return this.#resources.use(
      await ServerProcess.start({
        flags: all.flatMap((setting) => ['--set', setting]),
        wrapper: onServerProcessor,
        startTimeoutMs,
      }),
    );
  }

  /** A client of a server. */
  clientOf(server: ServerProcess): RegistryClient {
    return this.#resources.use(new RegistryClient(server.baseUrl));
  }

  /** Ends the servers and the etcd. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
