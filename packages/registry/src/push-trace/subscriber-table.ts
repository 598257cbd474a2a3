import type { TracedSubscriber } from './traced-subscriber.ts';

// The subscriber with its description and its places here, without texts; measured on Node 26.
const overheadBytes = 300;

interface Ended {
  readonly subscriber: TracedSubscriber;
  readonly endedMs: number;
  /** The segment of its last delivery, or one after that. */
  readonly segment: number;
}

/** The subscribers that are there, and those that have gone and may still have deliveries in the log. */
export class SubscriberTable {
  readonly #subscribers = new Map<number, TracedSubscriber>();
  /** In the order in which they went. */
  readonly #ended = new Set<Ended>();
  #endedBytes = 0;

  /** What those that have gone take in memory, bytes; an estimate. */
  get endedBytes(): number {
    return this.#endedBytes;
  }

  /** How many are known. */
  get size(): number {
    return this.#subscribers.size;
  }

  get(number: number): TracedSubscriber | undefined {
    return this.#subscribers.get(number);
  }

  /** Looks one up by its id. */
  byId(id: string): TracedSubscriber | undefined {
    const found = this.get(Number(id.slice(id.lastIndexOf('-') + 1)));
    return found?.id === id ? found : undefined;
  }

  add(subscriber: TracedSubscriber): void {
    this.#subscribers.set(subscriber.number, subscriber);
  }

  /** A subscriber has gone. @param segment - the number of the segment that takes deliveries now */
  end(subscriber: TracedSubscriber, endedMs: number, segment: number): void {
    this.#ended.add({ subscriber, endedMs, segment });
    this.#endedBytes += sizeOf(subscriber);
  }

  /**
   * Forgets those that have gone and can have no deliveries any more.
   *
   * @param beforeMs - pushes from before are forgotten
   * @param firstSegment - the oldest segment that is kept
   */
  forget(beforeMs: number, firstSegment: number): void {
    for (const ended of this.#ended) {
      if (ended.endedMs >= beforeMs && ended.segment >= firstSegment) return;
      this.#ended.delete(ended);
      this.#subscribers.delete(ended.subscriber.number);
      this.#endedBytes -= sizeOf(ended.subscriber);
    }
  }
}

function sizeOf({ description: { remote, consumerId } }: TracedSubscriber): number {
  return overheadBytes + remote.length + (consumerId?.length ?? 0);
}
