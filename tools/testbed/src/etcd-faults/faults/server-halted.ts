import { leaseMs } from '../load/beating-instance.ts';
import type { EtcdFault } from './etcd-fault.ts';

/** A server is halted for longer than leases live, and goes on as if nothing had happened. */
export const serverHalted: EtcdFault = {
  name: 'server-halted',
  members: 1,
  servers: 2,
  // Everything that vanished meanwhile is news at one moment, and would be held back as a mass disappearance.
  settings: ['registry.instance.preservation.percent=0'],
  clientTimeoutMs: 1000,
  silencesServers: true,
  befall: async (stage) => {
    const { scene, load } = stage;
    const [halted, other] = [scene.server(0), scene.server(1)];
    // A write that nobody answers may come to the store when the server goes on: nobody could say what it came to.
    await load.pauseWriters();
    load.write([other]);
    load.monitorOf(halted).mayBeSilent = true;
    halted.process.pause();
    await stage.last(leaseMs + 1500, leaseMs + 3000);
    halted.process.resume();
    await stage.recovered();
    load.monitorOf(halted).mayBeSilent = false;
    await load.pauseWriters();
    load.write();
  },
};
