import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { EtcdNode, type ServerProcessOptions } from '@service-center/testbed';

/** A store of its own for one replay. */
export interface StoreUnderReplay extends AsyncDisposable {
  /** As in a finding. */
  readonly name: string;
  /** What makes a server use it. */
  readonly serverOptions: Pick<ServerProcessOptions, 'dataDirectory' | 'flags'>;
  /** What makes the replay compare the stored keys as well. */
  readonly replayFlags: readonly string[];
}

/** The store that a server has by default; nobody else can read its keys. */
export async function openEmbedded(directory: string): Promise<StoreUnderReplay> {
  const dataDirectory = join(directory, 'embedded');
  await mkdir(dataDirectory, { recursive: true });
  return {
    name: 'embedded',
    serverOptions: { dataDirectory },
    replayFlags: [],
    // The data goes with the directory.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * An etcd, as the recorded servers had one.
 *
 * @throws Error that says what to install when there is no etcd on the PATH
 */
export async function openEtcd(): Promise<StoreUnderReplay> {
  const node = await EtcdNode.start({ flags: ['--unsafe-no-fsync'] });
  const endpoints = `registry.etcd.cluster.endpoints=${node.url}`;
  return {
    name: 'etcd',
    serverOptions: { flags: ['--set', 'registry.kind=etcd', '--set', endpoints] },
    replayFlags: [`--etcd=${new URL(node.url).host}`],
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}
