import { EtcdNode, ServerProcess, type ServerProcessOptions } from '@service-center/testbed';

/** Starts an etcd that keeps nothing over a crash of the machine, which no test here has. */
export function startEtcd(): Promise<EtcdNode> {
  return EtcdNode.start({ flags: ['--unsafe-no-fsync'] });
}

/** Starts a server on an etcd. */
export function startOnEtcd(
  etcd: EtcdNode,
  options: ServerProcessOptions = {},
): Promise<ServerProcess> {
  return ServerProcess.start({
    startTimeoutMs: 60_000,
    ...options,
    flags: [...etcdFlags(etcd.url), ...(options.flags ?? [])],
  });
}

/** What makes a server use an etcd. */
export function etcdFlags(url: string): readonly string[] {
  return ['--set', 'registry.kind=etcd', '--set', `registry.etcd.cluster.endpoints=${url}`];
}
