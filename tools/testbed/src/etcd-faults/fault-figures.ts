/** What a round measured and found, as it goes. */
export class FaultFigures {
  /** Writes that were answered with success. */
  acknowledged = 0;
  /** Writes that were answered with the registry's own error for a store that is away. */
  refused = 0;
  /** Requests that were never answered. */
  unanswered = 0;
  /** The longest time that a refusal took, milliseconds. */
  longestRefusalMs = 0;
  /** Heartbeats that were accepted. */
  heartbeats = 0;
  /** Times that an instance was found to have expired. */
  expired = 0;
  /** Answers to finds that were looked at. */
  finds = 0;
  /** The longest time from a recovery until every instance had a heartbeat accepted, or knew that it expired; milliseconds. */
  recoveryMs = 0;
  /** The longest time from a fault that leaves enough members until every instance was served by one of those, milliseconds. */
  failoverMs = 0;
  /** The longest time from when writers paused until the caches of all servers equalled the store, milliseconds. */
  caughtUpMs = 0;
  /** Messages that subscribers received. */
  pushed = 0;
  /** Acknowledged writes that are not in the store. */
  readonly lost: string[] = [];
  /** Instances that were missing in an answer while their heartbeats were accepted. */
  readonly dropped: string[] = [];
  /** Everything else that must not be, of the first of them. */
  readonly problems: string[] = [];

  /** Takes note of the answer to a write. */
  refuse(tookMs: number): void {
    this.refused++;
    this.longestRefusalMs = Math.max(this.longestRefusalMs, tookMs);
  }

  /** Takes note of something that must not be. */
  blame(what: string): void {
    if (this.problems.length < maxProblems) this.problems.push(what);
  }
}

/** One cause often has thousands of consequences. */
const maxProblems = 50;
