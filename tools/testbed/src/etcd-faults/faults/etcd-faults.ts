import { allMembersStopped } from './all-members-stopped.ts';
import { clockJumps } from './clock-jumps.ts';
import type { EtcdFault } from './etcd-fault.ts';
import { historyCompacted } from './history-compacted.ts';
import { leaderKilled } from './leader-killed.ts';
import { memberPartitioned } from './member-partitioned.ts';
import { serverHalted } from './server-halted.ts';
import { slowStore } from './slow-store.ts';
import { storeRestored } from './store-restored.ts';
import { storeSilent } from './store-silent.ts';
import { watchCancelled } from './watch-cancelled.ts';

/** Everything that a deployment on etcd has to survive. */
export const etcdFaults: readonly EtcdFault[] = [
  leaderKilled,
  memberPartitioned,
  allMembersStopped,
  historyCompacted,
  watchCancelled,
  slowStore,
  storeSilent,
  storeRestored,
  serverHalted,
  clockJumps,
];
