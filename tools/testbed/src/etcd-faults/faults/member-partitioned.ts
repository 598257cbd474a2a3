import type { EtcdFault } from './etcd-fault.ts';

/** One member, often the leader, loses the others; its clients still reach it, or do not. */
export const memberPartitioned: EtcdFault = {
  name: 'member-partitioned',
  members: 3,
  servers: 2,
  befall: async (stage) => {
    const { cluster, servers } = stage.scene;
    const leader = await cluster.waitForLeader();
    const lost = stage.random() < 0.6 ? leader : stage.pick(cluster.members);
    await cluster.isolate(lost);
    const waysToLost = servers.flatMap(({ ways }) => ways[cluster.members.indexOf(lost)] ?? []);
    const isLostToClients = stage.random() < 0.5;
    if (isLostToClients) for (const way of waysToLost) await way.halfOpen();
    await cluster.waitForLeader((member) => member !== lost);
    await stage.gotRound();
    await stage.last(500, 2000);
    for (const way of waysToLost) await way.resume();
    await cluster.heal();
    await cluster.waitUntilHealthy();
    await stage.recovered();
  },
};
