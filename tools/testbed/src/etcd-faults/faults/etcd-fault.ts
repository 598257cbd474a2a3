import type { FaultStage } from '../fault-stage.ts';

/** Something that befalls a cluster of etcd, the way to it, or a server on it. */
export interface EtcdFault {
  readonly name: string;
  /** How many members the cluster has. */
  readonly members: 1 | 3;
  /** How many servers of ours there are. */
  readonly servers: 1 | 2;
  /** Settings of the servers, as `key=value`. Default: none. */
  readonly settings?: readonly string[];
  /** How long clients wait for an answer, milliseconds. Default: longer than any answer should take. */
  readonly clientTimeoutMs?: number;
  /** Whether requests may go unanswered. Default: none. */
  readonly silencesServers?: boolean;
  /** Whether writes have to be refused while it lasts. Default: they may be. */
  readonly refusesWrites?: boolean;
  /** Lets it happen while the load is on, and be over. */
  readonly befall: (stage: FaultStage) => Promise<void>;
}
