import type { EtcdFault } from './etcd-fault.ts';

/** The leader of the cluster is killed; another one is elected, and the old one comes back as a follower. */
export const leaderKilled: EtcdFault = {
  name: 'leader-killed',
  members: 3,
  servers: 2,
  befall: async (stage) => {
    const { cluster } = stage.scene;
    const leader = await cluster.waitForLeader();
    await leader.node.kill();
    await cluster.waitForLeader((member) => member !== leader);
    await stage.recovered();
    await stage.last(200, 1000);
    await leader.node.start();
    await stage.recovered();
  },
};
