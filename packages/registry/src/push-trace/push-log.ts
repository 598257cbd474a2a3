import type { TracedPush } from './traced-push.ts';

// The push with its change and service key, and its place here: 330 bytes on Node 26 without the texts of its own.
const overheadBytes = 400;

/** The latest pushes, the oldest first, without gaps in their numbers. */
export class PushLog {
  /** Emptied up to the head, so that what is forgotten is let go of at once. */
  #pushes: (TracedPush | undefined)[] = [];
  #head = 0;
  #bytes = 0;

  /** How many there are. */
  get size(): number {
    return this.#pushes.length - this.#head;
  }

  /** What they take in memory, bytes; an estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): TracedPush | undefined {
    return this.#pushes[this.#head];
  }

  /** Adds the next one. */
  add(push: TracedPush): void {
    this.#pushes.push(push);
    this.#bytes += sizeOf(push);
  }

  /** Forgets the oldest one. */
  dropOldest(): void {
    const { oldest } = this;
    if (oldest === undefined) return;
    this.#pushes[this.#head] = undefined;
    this.#head++;
    this.#bytes -= sizeOf(oldest);
    // Moves at most as much as was dropped since the last time, so dropping stays cheap on average.
    if (this.#head * 2 >= this.#pushes.length) {
      this.#pushes = this.#pushes.slice(this.#head);
      this.#head = 0;
    }
  }

  /** A copy, the newest first. */
  newestFirst(): readonly TracedPush[] {
    const kept: TracedPush[] = [];
    for (let index = this.#pushes.length - 1; index >= this.#head; index--) {
      const push = this.#pushes[index];
      if (push !== undefined) kept.push(push);
    }
    return kept;
  }
}

function sizeOf({ change }: TracedPush): number {
  const { key, serviceId, instanceId } = change;
  const texts =
    key.tenant.length +
    key.environment.length +
    key.appId.length +
    key.serviceName.length +
    key.alias.length +
    key.version.length +
    serviceId.length +
    (instanceId?.length ?? 0);
  return overheadBytes + texts;
}
