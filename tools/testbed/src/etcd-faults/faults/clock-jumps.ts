import type { EtcdFault } from './etcd-fault.ts';

const hourMs = 3_600_000;

/** The wall clocks of the servers jump, forwards and back, by seconds and by days. */
export const clockJumps: EtcdFault = {
  name: 'clock-jumps',
  members: 1,
  servers: 2,
  befall: async (stage) => {
    for (const server of stage.scene.servers) {
      for (const hours of [1, -1, 24 * 365, 0.002, 0]) {
        await server.wallClock.moveTo(Math.round(hours * hourMs * stage.between(0.5, 1.5)));
        await stage.last(100, 400);
        await stage.recovered();
      }
    }
  },
};
