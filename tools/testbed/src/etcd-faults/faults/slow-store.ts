import type { EtcdFault } from './etcd-fault.ts';

const delayMs = 250;

/** Every request to etcd takes half a second longer. */
export const slowStore: EtcdFault = {
  name: 'slow-store',
  members: 1,
  servers: 2,
  befall: async (stage) => {
    const ways = stage.scene.servers.flatMap((server) => server.ways);
    for (const way of ways) await way.delay({ toServerMs: delayMs, toClientMs: delayMs });
    await stage.recovered();
    await stage.last(3000, 5000);
    for (const way of ways) await way.resume();
    await stage.recovered();
  },
};
