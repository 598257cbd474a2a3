import { condenseWindow } from '../judgement/condense-window.ts';
import type { EtcdFault } from './etcd-fault.ts';

/** A server is cut off, and the history that it has missed is compacted before it is back. */
export const historyCompacted: EtcdFault = {
  name: 'history-compacted',
  members: 1,
  servers: 2,
  refusesWrites: true,
  befall: async (stage) => {
    const { scene, load } = stage;
    const [cutOff, other] = [scene.server(0), scene.server(1)];
    // What is written while the connection breaks may be in what it has heard of, or in what it has missed.
    await stage.catchUp();
    const { recorder } = load.record;
    const after = recorder.next();
    for (const way of cutOff.ways) await way.cut();
    load.write();
    await stage.last(700, 1500);
    await load.pauseWriters();
    const until = recorder.next();
    const { node } = await scene.cluster.waitForLeader();
    await node.gateway.compact((await node.status()).revision);
    for (const way of cutOff.ways) await way.resume();
    stage.views = [
      { servers: [other], read: (entries) => entries },
      { servers: [cutOff], read: (entries) => condenseWindow(entries, { after, until }) },
    ];
    await stage.recovered();
    await stage.catchUp();
    load.write();
  },
};
