import type { LoggedChange, ObjectState, PushLogEntry } from '../../push/log/push-log.ts';
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
    const expiries = this.#expiries.toSorted((left, right) => left.after - right.after);
    const entries: PushLogEntry[] = [];
    let next = 0;
    for (const [index, entry] of this.recorder.entries.entries()) {
      for (let due = expiries[next]; due !== undefined && due.after <= index;) {
        entries.push(due.entry);
        due = expiries[++next];
      }
      if (entry.type !== 'write' || !this.#dropped.has(entry.act)) entries.push(entry);
    }
    return entries;
  }
}
