import type { EtcdKvStore } from '@service-center/backend-etcd';
import { EtcdCluster, type EtcdClusterMember } from '@service-center/testbed';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { LogLines } from './log-lines.ts';
import { openStore, put } from './test-etcd.ts';

let cluster: EtcdCluster;
let log: LogLines;
let store: EtcdKvStore;

beforeEach(async () => {
  cluster = await EtcdCluster.start({ flags: ['--unsafe-no-fsync'] });
  log = new LogLines();
  store = await openStore(cluster.urls, { logger: log });
});

afterEach(async () => {
  await store.close();
  await cluster[Symbol.asyncDispose]();
});

it('leaves a member that dies within a second, and turns to it again when it has to', async () => {
  await put(store, '/cse-sr/a', '1');
  const first = memberInUse();
  await first.proxy.cut();
  await expectWorkingWithin(1000);
  const second = memberInUse();
  expect(second).not.toBe(first);

  await first.proxy.resume();
  for (const member of cluster.members) if (member !== first) await member.proxy.cut();
  await expectWorkingWithin(2000);
  expect(memberInUse()).toBe(first);
});

it('leaves a member that falls silent', async () => {
  await memberInUse().proxy.halfOpen();

  await expectWorkingWithin(3000);
});

it('hears at once of a member that serves, while the one in use stays silent', async () => {
  await store.close();
  store = await openStore(cluster.urls, { logger: log, probeIntervalMs: 4000 });
  const silent = memberInUse();
  for (const { proxy } of cluster.members) await proxy.halfOpen();
  const isUp = async (): Promise<boolean> => (await firstValueFrom(store.health$)).status === 'up';
  await expect.poll(isUp, { timeout: 20_000 }).toBe(false);
  for (const member of cluster.members) if (member !== silent) await member.proxy.resume();

  await expectWorkingWithin(3000);
});

it('leaves a member that has lost the others, and its watches end', async () => {
  const member = memberInUse();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<unknown>();
  const afterRevision = await store.currentRevision();
  const { signal } = new AbortController();
  store.watch({ prefix: '/cse-sr/', afterRevision, signal }).subscribe({
    next: () => {
      begun.resolve();
    },
    error: ended.resolve,
  });
  await put(store, '/cse-sr/a', '1');
  await begun.promise;
  await cluster.isolate(member);
  await expectWorkingWithin(10_000);

  expect(memberInUse()).not.toBe(member);
  expect(await ended.promise).toMatchObject({ reason: 'transport' });
  await cluster.heal();
});

it('renews leases through a change of leader', async () => {
  const { id } = await store.grantLease(600);
  const leader = await cluster.waitForLeader();
  await leader.node.kill();
  await cluster.waitForLeader((member) => member !== leader);

  await expect.poll(() => store.renewLease(id).catch(() => 'away'), { timeout: 5000 }).toBe(600);
});

/** The member that the store talks to. */
function memberInUse(): EtcdClusterMember {
  const entered = log.of('etcd: endpoint changed').at(-1)?.['entered'];
  const member = cluster.members.find(({ proxy }) => proxy.address === entered);
  const used = member ?? cluster.members.find(({ proxy }) => proxy.connections > 0);
  if (used === undefined) throw new Error('the store talks to nobody');
  return used;
}

/** Waits until a write gets through. */
async function expectWorkingWithin(ms: number): Promise<void> {
  const startMs = performance.now();
  await expect.poll(writeQuickly, { timeout: 15_000, interval: 20 }).toBe('written');
  expect(performance.now() - startMs).toBeLessThan(ms);
}

/** Writes, without waiting long for the answer. */
async function writeQuickly(): Promise<string> {
  const silence = Promise.withResolvers<string>();
  const timer = setTimeout(silence.resolve, 200, 'silent');
  const writing = put(store, '/cse-sr/a', 'x').then(
    () => 'written',
    () => 'failed',
  );
  const outcome = await Promise.race([writing, silence.promise]);
  clearTimeout(timer);
  return outcome;
}
