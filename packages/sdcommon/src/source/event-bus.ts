import type { Observable, Subscription } from 'rxjs';

/** What {@link EventBus.take} found. */
export type EventBusItem<T> =
  | { readonly kind: 'event'; readonly event: T }
  /** The source completed, or was cut off because the bus was full; continue after the last event. */
  | { readonly kind: 'end' }
  | { readonly kind: 'failure'; readonly error: unknown };

/**
 * The bounded queue between a watch session and its one reader (spec 03 §1.5).
 *
 * The source pushes, the reader takes. A reader that falls `capacity` events behind does not make the queue grow and
 * loses nothing either: the session is ended, and since a watch continues from a position, the reader drains what is
 * queued and opens the next session after it.
 */
export class EventBus<T> {
  readonly #capacity: number;
  readonly #queue: T[] = [];
  #head = 0;
  #end: EventBusItem<T> | undefined;
  #subscription: Subscription | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param source - one watch session; subscribed to at once
   * @param capacity - how many events may wait. Default 1000
   */
  constructor(source: Observable<T>, capacity = 1000) {
    this.#capacity = capacity;
    const subscription = source.subscribe({
      next: (event) => {
        this.#push(event);
      },
      complete: () => {
        this.#finish({ kind: 'end' });
      },
      error: (error: unknown) => {
        this.#finish({ kind: 'failure', error });
      },
    });
    if (this.#end === undefined) this.#subscription = subscription;
    else subscription.unsubscribe();
  }

  /** How many events wait. */
  get size(): number {
    return this.#queue.length - this.#head;
  }

  /**
   * The next event, or how the session ended once everything queued was taken. Only one take may wait at a time.
   */
  async take(): Promise<EventBusItem<T>> {
    for (;;) {
      const item = this.poll();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next item if there is one now; lets a reader drain a burst without waiting between events. */
  poll(): EventBusItem<T> | undefined {
    const event = this.#queue[this.#head];
    if (event === undefined) return this.#end;
    this.#head++;
    // Cut off what was taken, at the latest when it is as much as may wait: a reader that is never quite done would
    // otherwise keep every event of its session alive.
    if (this.#head === this.#queue.length || this.#head >= this.#capacity) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return { kind: 'event', event };
  }

  /** Ends the session. Events already queued can still be taken. Harmless when called again. */
  stop(): void {
    this.#finish({ kind: 'end' });
  }

  #push(event: T): void {
    if (this.#end !== undefined) return;
    if (this.size >= this.#capacity) {
      this.#finish({ kind: 'end' });
      return;
    }
    this.#queue.push(event);
    this.#notify();
  }

  #finish(end: EventBusItem<T>): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#subscription?.unsubscribe();
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
