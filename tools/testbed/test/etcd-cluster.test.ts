import { EtcdCluster } from '@service-center/testbed';
import { describe, expect, it, vi } from 'vitest';

describe('EtcdCluster', () => {
  it('goes on without its leader, and takes it back', async () => {
    await using cluster = await EtcdCluster.start();
    const first = await cluster.waitForLeader();
    await first.node.etcdctl('put', 'a', '1');
    await first.node.kill();
    const second = await cluster.waitForLeader((member) => member !== first);
    await second.node.etcdctl('put', 'a', '2');
    await first.node.start();
    expect(await first.node.etcdctl('get', '--print-value-only', 'a')).toBe('2\n');
  });

  it('goes on without a member that is cut off, while that one serves nobody', async () => {
    await using cluster = await EtcdCluster.start();
    const isolated = await cluster.waitForLeader();
    await cluster.isolate(isolated);
    const other = await cluster.waitForLeader((member) => member !== isolated);
    await vi.waitUntil(async () => (await isolated.node.status()).leaderId === '0', 10_000);
    await other.node.etcdctl('put', 'a', '1');
    const stale = await isolated.node.etcdctl('get', '--consistency=s', 'a');
    expect(stale).toBe('');
    await cluster.heal();
    await cluster.waitUntilHealthy();
    expect(await isolated.node.etcdctl('get', '--print-value-only', 'a')).toBe('1\n');
  });

  it('cuts two members from each other and from nobody else', async () => {
    await using cluster = await EtcdCluster.start();
    const leader = await cluster.waitForLeader();
    const [left, right] = cluster.members.filter((member) => member !== leader);
    if (left === undefined || right === undefined) throw new Error('three members were started');
    await cluster.way(left, right).cut();
    await cluster.way(right, left).cut();
    await right.node.etcdctl('put', 'a', '1');
    expect(await left.node.etcdctl('get', '--print-value-only', 'a')).toBe('1\n');
    expect(cluster.way(left, right).connections).toBe(0);
    expect(cluster.way(left, leader).connections).toBeGreaterThan(0);
    expect(cluster.way(right, leader).connections).toBeGreaterThan(0);
  });

  it('stands behind proxies that can keep clients from a member', async () => {
    await using cluster = await EtcdCluster.start({ members: 1 });
    const [member] = cluster.members;
    if (member === undefined) throw new Error('one member was started');
    const health = `${member.url}/health`;
    expect((await fetch(health)).status).toBe(200);
    await member.proxy.cut();
    await expect(fetch(health)).rejects.toThrow('fetch failed');
    await cluster.heal();
    expect((await fetch(health)).status).toBe(200);
  });
});
