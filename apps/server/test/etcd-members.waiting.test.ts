import { EtcdCluster, RegistryClient, ServerProcess } from '@service-center/testbed';
import { expect, it } from 'vitest';

import { etcdFlags } from './support/etcd-server.ts';

it('goes on at another member of etcd than the one it was told of', async () => {
  await using cluster = await EtcdCluster.start({ flags: ['--unsafe-no-fsync'] });
  const leader = await cluster.waitForLeader();
  const member = cluster.members.find((other) => other !== leader);
  if (member === undefined) throw new Error('there is no other member');
  await using server = await ServerProcess.start({
    startTimeoutMs: 60_000,
    flags: [...etcdFlags(member.url), '--set', 'log.level=INFO'],
  });
  using client = new RegistryClient(server.baseUrl);
  await expect
    .poll(() => server.output, { timeout: 10_000 })
    .toContain('endpoints follow the members');
  await member.node.kill();

  await expect
    .poll(() => client.registerService('cart').catch(() => undefined), { timeout: 20_000 })
    .toBeTypeOf('string');
});
