import { requestDeadlineMs } from '../scene/fault-scene.ts';
import type { EtcdFault } from './etcd-fault.ts';

/** The way to etcd swallows everything, without a word to either side. */
export const storeSilent: EtcdFault = {
  name: 'store-silent',
  members: 1,
  servers: 2,
  // Should leases run out nevertheless, all would do so at once, and be held back as a mass disappearance.
  settings: ['registry.instance.preservation.percent=0'],
  refusesWrites: true,
  befall: async (stage) => {
    const ways = stage.scene.servers.flatMap((server) => server.ways);
    for (const way of ways) await way.halfOpen();
    await stage.last(requestDeadlineMs + 200, requestDeadlineMs + 600);
    for (const way of ways) await way.resume();
    await stage.recovered();
  },
};
