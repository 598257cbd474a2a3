import type { TracedSubscriber } from './traced-subscriber.ts';

// The subscriber with its id, its description and its places here, without the texts of the latter; an upper bound.
const overheadBytes = 300;

interface Ended {
  readonly subscriber: TracedSubscriber;
  /** Only pushes before this one can have gone to it. */
  readonly untilPush: number;
}

/** The subscribers that are there, and those that have gone and may have been sent pushes that are kept. */
export class SubscriberTable {
  readonly #subscribers = new Map<number, TracedSubscriber>();
  /** In the order in which they went. */
  readonly #ended = new Set<Ended>();
  #endedBytes = 0;

  /** What those that have gone take in memory, bytes; an estimate. */
  get endedBytes(): number {
    return this.#endedBytes;
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

  /**
   * A subscriber has gone. One that nothing went to is forgotten at once: clients that connect over and over would push
   * everything else out of the trace, just when somebody looks into it for the reason.
   *
   * @param untilPush - the number of the next push
   */
  end(subscriber: TracedSubscriber, untilPush: number): void {
    if (!subscriber.hasDeliveries) {
      this.#subscribers.delete(subscriber.number);
      return;
    }
    this.#ended.add({ subscriber, untilPush });
    this.#endedBytes += sizeOf(subscriber);
  }

  /** Forgets those that have gone and that no push from this one on can have gone to. */
  forget(firstPush: number): void {
    for (const ended of this.#ended) {
      if (ended.untilPush > firstPush) return;
      this.#ended.delete(ended);
      this.#subscribers.delete(ended.subscriber.number);
      this.#endedBytes -= sizeOf(ended.subscriber);
    }
  }
}

function sizeOf({ description: { remote, consumerId } }: TracedSubscriber): number {
  return overheadBytes + remote.length + (consumerId?.length ?? 0);
}
