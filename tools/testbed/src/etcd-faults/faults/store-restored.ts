import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EtcdFault } from './etcd-fault.ts';

const lockPatienceMs = 10_000;

/** The store goes back to an older revision; what was written since then is lost, and nothing else. */
export const storeRestored: EtcdFault = {
  name: 'store-restored',
  members: 3,
  servers: 2,
  befall: async (stage) => {
    const { cluster, store } = stage.scene;
    const directory = await mkdtemp(join(tmpdir(), 'store-restored-'));
    try {
      const file = join(directory, 'snapshot');
      const { node } = await cluster.waitForLeader();
      // A lock that is held in the snapshot is held for a minute after the restore, by nobody.
      await store.untilUnlocked(AbortSignal.timeout(lockPatienceMs));
      await node.saveSnapshot(file);
      await stage.last(500, 1500);
      await stage.judge();
      await cluster.restoreSnapshot(file);
      await stage.recovered();
      await stage.catchUp();
      await stage.startLoad();
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};
