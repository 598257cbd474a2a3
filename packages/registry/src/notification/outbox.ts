import type { Clock, ServiceIdentity } from '@service-center/sdcommon';

import type { NotificationMetrics } from './notification-metrics.ts';
import type { PushFrame } from './push-frame.ts';
import type { Subscriber } from './subscriber.ts';

/** What an {@link Outbox} works with. */
export interface OutboxOptions {
  /** The service whose providers the subscriber watches. */
  readonly consumer: ServiceIdentity;
  readonly subscriber: Subscriber;
  /** How many frames may wait. */
  readonly limit: number;
  readonly clock: Clock;
  readonly metrics: NotificationMetrics;
  /** What the first {@link Outbox.drain} begins with; asked for the next frame only when that can be written. */
  readonly listing?: Iterator<PushFrame, undefined>;
  /** Called when the subscriber takes more than one turn may spend on it; {@link Outbox.drain} goes on. */
  readonly onReady: (outbox: Outbox) => void;
  /** Called once when a frame could not be sent; nothing is sent after that. */
  readonly onFailure: (outbox: Outbox, error: unknown) => void;
}

interface Waiting {
  readonly frame: PushFrame;
  readonly receivedMs: number;
  readonly queuedMs: number;
}

/** What one drain writes at most: a fraction of a millisecond, so that others get their turn in between. */
const framesPerDrain = 64;

/**
 * What waits for one subscriber. A slow subscriber fills its own queue and harms nobody else (spec 04 §5.5).
 */
export class Outbox {
  readonly consumer: ServiceIdentity;
  readonly #options: OutboxOptions;
  readonly #openedMs: number;
  #listing: Iterator<PushFrame, undefined> | undefined;
  #queue: Waiting[] = [];
  #isWriting = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.consumer = options.consumer;
    this.#options = options;
    this.#openedMs = options.clock.monotonicMs();
    this.#listing = options.listing;
  }

  /**
   * Writes a frame in this turn when nothing is in the way; queues it otherwise.
   *
   * @param receivedMs - monotonic milliseconds at which the change reached the caches
   */
  push(frame: PushFrame, receivedMs: number): void {
    if (this.#isWriting || this.#hasMore) this.queue(frame, receivedMs);
    else if (!this.#isClosed) this.#write(frame, receivedMs);
  }

  /**
   * Queues a frame behind those that wait. When too many do, all but this one are dropped: the client learns the
   * latest state from it, and the rest when it next asks.
   */
  queue(frame: PushFrame, receivedMs: number): void {
    if (this.#isClosed) return;
    const { limit, metrics, clock } = this.#options;
    if (this.#queue.length >= limit) {
      metrics.dropped(this.#queue.length);
      this.#queue = [];
    }
    this.#queue.push({ frame, receivedMs, queuedMs: clock.monotonicMs() });
    metrics.queued(1);
  }

  /** Writes what is listed and then what is queued, as far as the subscriber takes it and one turn allows. */
  drain(): void {
    this.#drainQueue(framesPerDrain - this.#drainListing(framesPerDrain));
    if (this.#mayWrite && this.#hasMore) this.#options.onReady(this);
  }

  /** Drops what waits and takes nothing more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.metrics.queued(-this.#queue.length);
    this.#listing = undefined;
    this.#queue = [];
  }

  get #mayWrite(): boolean {
    return !this.#isWriting && !this.#isClosed;
  }

  get #hasMore(): boolean {
    return this.#listing !== undefined || this.#queue.length > 0;
  }

  /** @returns how many frames were written */
  #drainListing(limit: number): number {
    let written = 0;
    while (this.#listing !== undefined && this.#mayWrite && written < limit) {
      const { value: frame } = this.#listing.next();
      if (frame === undefined) {
        this.#listing = undefined;
      } else {
        this.#write(frame, this.#openedMs);
        written++;
      }
    }
    return written;
  }

  #drainQueue(limit: number): void {
    if (this.#listing !== undefined) return;
    let written = 0;
    for (const { frame, receivedMs, queuedMs } of this.#queue) {
      if (!this.#mayWrite || written === limit) break;
      written++;
      this.#options.metrics.dequeued(queuedMs);
      this.#write(frame, receivedMs);
    }
    // A failed write has emptied the queue already.
    if (written > 0 && !this.#isClosed) this.#queue.splice(0, written);
  }

  #write(frame: PushFrame, receivedMs: number): void {
    const { metrics, subscriber } = this.#options;
    let written: Promise<void> | undefined;
    try {
      written = subscriber.send(frame);
    } catch (error) {
      this.#fail(error, receivedMs);
      return;
    }
    if (written === undefined) {
      metrics.published(true, receivedMs);
      return;
    }
    this.#isWriting = true;
    const onWritten = (): void => {
      metrics.published(true, receivedMs);
      this.#isWriting = false;
      this.drain();
    };
    written.then(onWritten, (error: unknown) => {
      this.#fail(error, receivedMs);
    });
  }

  #fail(error: unknown, receivedMs: number): void {
    const { metrics, onFailure } = this.#options;
    metrics.published(false, receivedMs);
    if (this.#isClosed) return;
    this.close();
    onFailure(this, error);
  }
}
