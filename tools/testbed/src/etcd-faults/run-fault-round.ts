import { seededRandom } from '../crash/seeded-random.ts';
import { FaultFigures } from './fault-figures.ts';
import { FaultStage } from './fault-stage.ts';
import type { EtcdFault } from './faults/etcd-fault.ts';
import { FaultScene, requestDeadlineMs } from './scene/fault-scene.ts';

/** How long a client waits that has no reason to give up, milliseconds. */
const patienceMs = 20_000;
/** A write asks etcd several times, one after the other: the first may take long and succeed, the next take all its time. */
const refusalMs = 2 * requestDeadlineMs;
/** How much later than that an answer may come on a busy machine, milliseconds. */
const graceMs = 1000;
/** Heartbeats are accepted again within this time of a recovery, milliseconds. */
const recoveryMs = 2000;
/** A member that falls silent is asked within a second and left after another; a heartbeat under way has its deadline. */
const failoverMs = 2000 + requestDeadlineMs;

/** One round. */
export interface FaultRoundOptions {
  readonly fault: EtcdFault;
  /** Says what happens; the timing is the machine's. */
  readonly seed: number;
}

/**
 * Lets a fault befall servers under load, and judges what writers, instances and subscribers met with. What is wrong is
 * in `lost`, `dropped` and `problems` of the answer.
 *
 * @throws Error when something cannot be started
 */
export async function runFaultRound({ fault, seed }: FaultRoundOptions): Promise<FaultFigures> {
  const { members, servers, settings = [], clientTimeoutMs = patienceMs } = fault;
  const figures = new FaultFigures();
  await using scene = await FaultScene.start({ members, servers, settings, clientTimeoutMs });
  await using stage = new FaultStage({ scene, random: seededRandom(seed), figures });
  await stage.startLoad();
  await stage.last(300, 1000);
  await fault.befall(stage);
  await stage.last(300, 600);
  await stage.judge();
  judgeFigures(figures, fault);
  return figures;
}

function judgeFigures(figures: FaultFigures, fault: EtcdFault): void {
  const { refused, unanswered, longestRefusalMs } = figures;
  if (figures.recoveryMs > recoveryMs)
    figures.blame(`heartbeats were answered after ${Math.round(figures.recoveryMs)} ms`);
  if (figures.failoverMs > failoverMs)
    figures.blame(`another member was turned to after ${Math.round(figures.failoverMs)} ms`);
  if (longestRefusalMs > refusalMs + graceMs)
    figures.blame(`a write was refused after ${Math.round(longestRefusalMs)} ms`);
  if (unanswered > 0 && fault.silencesServers !== true)
    figures.blame(`${unanswered} writes were not answered`);
  if (refused === 0 && fault.refusesWrites === true)
    figures.blame('no write was refused while the store was away');
}
