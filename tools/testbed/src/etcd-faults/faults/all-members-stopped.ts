import { leaseMs } from '../load/beating-instance.ts';
import type { EtcdFault } from './etcd-fault.ts';

/** Every member is away for longer than a lease lives, and back. */
export const allMembersStopped: EtcdFault = {
  name: 'all-members-stopped',
  members: 3,
  servers: 1,
  refusesWrites: true,
  befall: async (stage) => {
    const { cluster } = stage.scene;
    const isFriendly = stage.random() < 0.5;
    await Promise.all(cluster.members.map(({ node }) => (isFriendly ? node.stop() : node.kill())));
    await stage.last(leaseMs + 500, leaseMs + 1500);
    for (const { node } of cluster.members) node.launch();
    await cluster.waitUntilHealthy();
    await stage.recovered();
  },
};
