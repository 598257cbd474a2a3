import type { EtcdFault } from './etcd-fault.ts';

/** Every member is restarted the friendly way, one after the other: each ends the watches and streams that it serves. */
export const watchCancelled: EtcdFault = {
  name: 'watch-cancelled',
  members: 3,
  servers: 2,
  befall: async (stage) => {
    const { cluster } = stage.scene;
    const first = Math.floor(stage.random() * cluster.members.length);
    for (const member of [...cluster.members.slice(first), ...cluster.members.slice(0, first)]) {
      await member.node.restart();
      await cluster.waitUntilHealthy();
      await stage.recovered();
    }
  },
};
