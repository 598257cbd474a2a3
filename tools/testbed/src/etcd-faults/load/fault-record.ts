import {
  objectKey,
  type LoggedChange,
  type ObjectState,
  type PushLogEntry,
} from '../../push/log/push-log.ts';
import { PushRecorder } from '../../push/log/push-recorder.ts';

interface Expiry {
  /** How many lines there were when the object was still known to be there. */
  readonly after: number;
  readonly entry: PushLogEntry;
}

/**
 * A push log of writers that are refused now and then, and of instances that expire: what a write came to may be known
 * only later, and an expiry is noticed after subscribers may have heard of it.
 */
export class FaultRecord {
  readonly recorder = new PushRecorder();
  readonly #dropped = new Set<number>();
  /** The deletions of what refused registrations may have left for a moment, by the registration. */
  readonly #retractions = new Map<number, RetractedRegistration>();
  readonly #expiries: Expiry[] = [];

  /** How many lines there are. */
  get length(): number {
    return this.recorder.entries.length;
  }

  /** A write begins. @returns its number */
  begin(change: LoggedChange): number {
    const act = this.recorder.next();
    this.recorder.record({ type: 'write', act, changes: [change] });
    return act;
  }

  /** A write is known to have taken place. */
  acknowledge(act: number): void {
    this.recorder.record({ type: 'acknowledged', act });
  }

  /** A write is known not to have taken place, and never to do so. */
  drop(act: number): void {
    this.#dropped.add(act);
  }

  /**
   * A registration was refused, and the object is not there: it never was, or the registry has taken it back. Which of
   * both is for the subscribers to say.
   */
  retract(act: number, object: ObjectState): void {
    const deletion = this.recorder.next();
    this.#retractions.set(act, { object, deletion });
    this.acknowledge(act);
    this.acknowledge(deletion);
  }

  /**
   * An instance was noticed to have expired.
   *
   * @param after - {@link FaultRecord.length} when it was last known to be there
   */
  expire(object: ObjectState, after: number): void {
    const act = this.recorder.next();
    this.#expiries.push({
      after,
      entry: { type: 'write', act, changes: [{ ...object, action: 'DELETE' }] },
    });
    this.acknowledge(act);
  }

  /** The log as far as it is certain, with every expiry where it may have begun. */
  entries(): readonly PushLogEntry[] {
    const absent = this.#absentActs();
    const expiries = this.#expiries.toSorted((left, right) => left.after - right.after);
    const entries: PushLogEntry[] = [];
    let next = 0;
    for (const [index, entry] of this.recorder.entries.entries()) {
      for (let due = expiries[next]; due !== undefined && due.after <= index;) {
        entries.push(due.entry);
        due = expiries[++next];
      }
      const isOfAct = entry.type === 'write' || entry.type === 'acknowledged';
      if (isOfAct && absent.has(entry.act)) continue;
      entries.push(entry);
      const retracted = entry.type === 'write' ? this.#retractions.get(entry.act) : undefined;
      if (retracted !== undefined) entries.push(deletionOf(retracted));
    }
    return entries;
  }

  /** The acts that never took place. */
  #absentActs(): ReadonlySet<number> {
    const told = new Set<string>();
    for (const entry of this.recorder.entries) {
      if (entry.type !== 'received' || entry.frame.kind !== 'change') continue;
      told.add(stateKey(entry.frame));
    }
    const absent = new Set(this.#dropped);
    for (const [act, { object, deletion }] of this.#retractions) {
      if (!told.has(stateKey(object))) absent.add(act).add(deletion);
    }
    return absent;
  }
}

interface RetractedRegistration {
  readonly object: ObjectState;
  readonly deletion: number;
}

function deletionOf({ object, deletion }: RetractedRegistration): PushLogEntry {
  return { type: 'write', act: deletion, changes: [{ ...object, action: 'DELETE' }] };
}

function stateKey(object: ObjectState): string {
  return `${objectKey(object)} ${object.state}`;
}
