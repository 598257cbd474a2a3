import { EtcdCluster } from '../../etcd/etcd-cluster.ts';
import { WallClock } from '../../faults/wall-clock.ts';
import { TcpProxy } from '../../network/tcp-proxy.ts';
import { RegistryClient } from '../../server/registry-client.ts';
import { ServerProcess } from '../../server/server-process.ts';
import { RegistryStore } from './registry-store.ts';

/** How long a server waits for an answer of etcd, milliseconds. */
export const requestDeadlineMs = 2000;

/** A server of ours, and everything between it and the store. */
export interface SceneServer {
  readonly name: string;
  readonly process: ServerProcess;
  readonly client: RegistryClient;
  /** Its ways to the members of the cluster, in their order. */
  readonly ways: readonly TcpProxy[];
  readonly wallClock: WallClock;
}

/** What to set up. */
export interface FaultSceneOptions {
  readonly members: number;
  readonly servers: number;
  /** More settings of the servers, as `key=value`. */
  readonly settings: readonly string[];
  /** How long clients wait for an answer, milliseconds. */
  readonly clientTimeoutMs: number;
}

/** Servers of ours over an etcd cluster, each with ways of its own to every member. */
export class FaultScene {
  readonly cluster: EtcdCluster;
  readonly store: RegistryStore;
  readonly servers: readonly SceneServer[];
  readonly #resources: AsyncDisposableStack;

  private constructor(
    cluster: EtcdCluster,
    servers: readonly SceneServer[],
    resources: AsyncDisposableStack,
  ) {
    this.cluster = cluster;
    this.store = new RegistryStore(cluster);
    this.servers = servers;
    this.#resources = resources;
  }

  /** Starts everything and waits until it serves. @throws Error with what a process wrote that does not */
  static async start(options: FaultSceneOptions): Promise<FaultScene> {
    await using started = new AsyncDisposableStack();
    const cluster = started.use(await EtcdCluster.start({ members: options.members }));
    const servers: SceneServer[] = [];
    for (let index = 0; index < options.servers; index++) {
      servers.push(await startServer(`server-${index}`, cluster, options, started));
    }
    return new FaultScene(cluster, servers, started.move());
  }

  /** A server. @throws Error when there are not so many */
  server(index: number): SceneServer {
    const server = this.servers[index];
    if (server === undefined) throw new Error(`there is no server ${index}`);
    return server;
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}

async function startServer(
  name: string,
  cluster: EtcdCluster,
  options: FaultSceneOptions,
  started: AsyncDisposableStack,
): Promise<SceneServer> {
  const ways: TcpProxy[] = [];
  for (const { node } of cluster.members) {
    ways.push(started.use(await TcpProxy.listen({ targetPort: node.clientPort })));
  }
  const wallClock = started.use(await WallClock.prepare());
  const settings = [
    'registry.kind=etcd',
    `registry.etcd.cluster.endpoints=${ways.map(({ address }) => `http://${address}`).join(',')}`,
    // Members advertise where they are, and no fault is on the way there.
    'registry.etcd.autoSyncInterval=0s',
    `registry.etcd.request.timeout=${requestDeadlineMs}ms`,
    // Its own registration is nothing that a writer did.
    'registry.selfRegister=0',
    // Instances may ask for a short life.
    'registry.instance.minInterval=1s',
    'registry.instance.minTimes=1',
    ...options.settings,
  ];
  const server = started.use(
    await ServerProcess.start({
      flags: settings.flatMap((setting) => ['--set', setting]),
      environment: wallClock.environment,
      nodeFlags: wallClock.nodeFlags,
      startTimeoutMs: 60_000,
    }),
  );
  const client = started.use(new RegistryClient(server.baseUrl, 100, options.clientTimeoutMs));
  return { name, process: server, client, ways, wallClock };
}
