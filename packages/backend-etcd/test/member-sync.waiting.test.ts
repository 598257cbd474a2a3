import type { EtcdKvStore } from '@service-center/backend-etcd';
import { EtcdCluster, type EtcdClusterMember } from '@service-center/testbed';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { LogLines } from './log-lines.ts';
import { openStore, put } from './test-etcd.ts';

let cluster: EtcdCluster;
let leader: EtcdClusterMember;
/** The only one that the store is told of. */
let first: EtcdClusterMember;
let last: EtcdClusterMember;
let log: LogLines;
let store: EtcdKvStore;

beforeEach(async () => {
  cluster = await EtcdCluster.start({
    // Else members cannot be removed in the first seconds of a cluster.
    flags: ['--unsafe-no-fsync', '--strict-reconfig-check=false'],
  });
  // The loss of the leader would keep writes waiting, wherever they go.
  leader = await cluster.waitForLeader();
  const followers = cluster.members.filter((member) => member !== leader);
  const missing = 'there are not two followers';
  [first = raise(missing), last = raise(missing)] = followers;
  log = new LogLines();
  // Through the proxy, as by a name of its own: what the members advertise leads past it.
  store = await openStore([first.url], { logger: log, memberSyncIntervalMs: 1000 });
});

afterEach(async () => {
  await store.close();
  await cluster[Symbol.asyncDispose]();
});

it('survives the loss of the only member that it was told of, and returns to it', async () => {
  const { id } = await store.grantLease(600);
  await watchReaches(await put(store, '/cse-sr/a', '1'));
  // The address of the first one itself would be no alternative to the way through its proxy.
  const expected = [first.proxy.address, ...advertised([leader, last])];
  await expect.poll(endpoints, { timeout: 10_000 }).toEqual(expected);
  await first.node.kill();

  const written = async (): Promise<unknown> => put(store, '/cse-sr/a', '2').catch(() => undefined);
  await expect.poll(written, { timeout: 10_000 }).toBeTypeOf('bigint');
  expect(advertised([leader, last])).toContain(lastEntered());
  expect((await store.get('/cse-sr/a'))?.value).toBe('2');
  expect(await store.renewLease(id)).toBe(600);
  await watchReaches(await put(store, '/cse-sr/a', '3'));

  first.node.launch();
  await first.node.waitUntilHealthy(10_000);
  await expect.poll(lastEntered, { timeout: 10_000 }).toBe(first.proxy.address);
  await watchReaches(await put(store, '/cse-sr/a', '4'));
  expect(await store.renewLease(id)).toBe(600);
});

it('follows the cluster when a member is removed', async () => {
  await expect.poll(endpoints, { timeout: 10_000 }).toHaveLength(3);
  const { memberId } = await last.node.status();
  await first.node.etcdctl('member', 'remove', BigInt(memberId).toString(16));

  const expected = [first.proxy.address, ...advertised([leader])];
  await expect.poll(endpoints, { timeout: 10_000 }).toEqual(expected);
  expect(log.of('etcd: endpoint changed')).toEqual([]);
});

/** The endpoints, as the log tells them: the configured one, and the others in the order of their ports. */
function endpoints(): readonly string[] {
  const told = log.of('etcd: endpoints follow the members').at(-1)?.['endpoints'];
  const targets = Array.isArray(told) ? told.map(String) : [];
  return [...targets.slice(0, 1), ...targets.slice(1).toSorted()];
}

/** The endpoint that was turned to last. */
function lastEntered(): unknown {
  return log.of('etcd: endpoint changed').at(-1)?.['entered'];
}

/** Where members say that they can be reached. */
function advertised(members: readonly EtcdClusterMember[]): readonly string[] {
  return members.map(({ node }) => new URL(node.url).host).toSorted();
}

/** Watches from the revision before until that one is seen. */
async function watchReaches(revision: bigint): Promise<void> {
  const seen = Promise.withResolvers<bigint>();
  const ending = new AbortController();
  const { signal } = ending;
  store.watch({ prefix: '/cse-sr/', afterRevision: revision - 1n, signal }).subscribe({
    next: (batch) => {
      seen.resolve(batch.revision);
    },
    error: seen.reject,
  });
  expect(await seen.promise).toBe(revision);
  ending.abort();
}

function raise(message: string): never {
  throw new Error(message);
}
