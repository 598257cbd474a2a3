import type { ObjectVersion } from './registry-history.ts';

/** What was known before a step, so that a resume from an older position can go back to it. */
interface Step {
  /** Absent: the step is only a position, given when the subscriber had caught up. */
  readonly key?: string;
  readonly before?: number | undefined;
  readonly maxStarted: number;
  readonly position: string;
}

/** What a subscriber of an event stream was told, and how it got there since the snapshot. */
export class KnownStates {
  /** The index of the last state told of each object, by key; deletions included. */
  readonly #indices = new Map<string, number>();
  #steps: Step[] = [];
  /** The position that the stream had before the first step. */
  #base: string | undefined;
  #maxStarted = 0;

  /** The latest beginning among the writes that were told: nothing that was over by then may follow. */
  get maxStarted(): number {
    return this.#maxStarted;
  }

  /** Where the stream is. */
  get position(): string | undefined {
    return this.#steps.at(-1)?.position ?? this.#base;
  }

  /** The index of the last state told of an object. */
  get(key: string): number | undefined {
    return this.#indices.get(key);
  }

  /** Takes a state over that belongs to no position of its own. */
  set(key: string, index: number): void {
    this.#indices.set(key, index);
  }

  /** The snapshot is whole. @param maxStarted - the latest beginning among its writes */
  begin(position: string, maxStarted: number): void {
    this.#base = position;
    this.#maxStarted = maxStarted;
  }

  /** The stream went on to a position without a change. */
  pass(position: string): void {
    this.#steps.push({ position, maxStarted: this.#maxStarted });
  }

  /** The stream went on by a change. */
  advance({ key, index, act }: ObjectVersion, position: string): void {
    const before = this.#indices.get(key);
    this.#steps.push({ key, before, maxStarted: this.#maxStarted, position });
    this.#indices.set(key, Math.max(index, before ?? 0));
    this.#maxStarted = Math.max(this.#maxStarted, act.started);
  }

  /**
   * Goes back to an earlier position.
   *
   * @returns whether anything changed by it; a position that was never held changes nothing
   */
  goBackTo(position: string): boolean {
    const place = this.#steps.findLastIndex((step) => step.position === position);
    if (place === -1 && position !== this.#base) return false;
    const undone = this.#steps.splice(place + 1);
    for (const { key, before, maxStarted } of undone.toReversed()) {
      this.#maxStarted = maxStarted;
      if (key === undefined) continue;
      if (before === undefined) this.#indices.delete(key);
      else this.#indices.set(key, before);
    }
    return undone.length > 0;
  }

  /** Forgets everything, the position included. */
  clear(): void {
    this.#indices.clear();
    this.#steps = [];
    this.#base = undefined;
    this.#maxStarted = 0;
  }
}
