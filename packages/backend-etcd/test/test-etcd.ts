import { setTimeout as sleep } from 'node:timers/promises';

import { EtcdKvStore, type EtcdStoreOptions } from '@service-center/backend-etcd';
import { silentLogger, SystemClock } from '@service-center/sdcommon';
import type { TestTime } from '@service-center/sdcommon/testing';
import { EtcdNode } from '@service-center/testbed';

/** Leases of one second are granted as asked only with an election timeout below 700 ms; with no sync, writes are quick. */
const flags = ['--heartbeat-interval=20', '--election-timeout=200', '--unsafe-no-fsync'];

/** What the leases of {@link startEtcd}'s nodes are like. */
export const etcdLeases = { minTtlSeconds: 1, expiryGraceMs: 1500, tellsCauses: false } as const;

/** etcd's own clock decides about its leases, so time passes only by waiting. */
export const realTime: TestTime = {
  advance: async (ms) => {
    await sleep(ms);
  },
};

/** Starts an etcd that is quick and loses data in a power cut. */
export function startEtcd(): Promise<EtcdNode> {
  return EtcdNode.start({ flags });
}

/** Opens a store as a server does. */
export function openStore(
  endpoints: readonly string[],
  options: Partial<EtcdStoreOptions> = {},
): Promise<EtcdKvStore> {
  return EtcdKvStore.open({
    endpoints,
    clock: new SystemClock(),
    logger: silentLogger,
    requestTimeoutMs: 10_000,
    ...options,
  });
}

/** Removes all keys. */
export async function empty(store: EtcdKvStore): Promise<void> {
  await store.commit({ compares: [], success: [{ kind: 'deletePrefix', prefix: '' }] });
}

/** Puts one key; returns the revision. */
export async function put(
  store: EtcdKvStore,
  key: string,
  value: string,
  lease = 0n,
): Promise<bigint> {
  const { revision } = await store.commit({
    compares: [],
    success: [{ kind: 'put', key, value, lease }],
  });
  return revision;
}
