import type { Clock, ServiceIdentity } from '@service-center/sdcommon';

import type { DropReason, TracedSubscriber } from '../push-trace/index.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import type { PushFrame } from './push-frame.ts';
import type { Subscriber } from './subscriber.ts';

/** What all outboxes of a hub have in common. */
export interface OutboxSettings {
  /** How many frames may wait for one subscriber. */
  readonly limit: number;
  /** Whether a subscriber for whom frames were dropped is told to forget the providers they were about. */
  readonly sendsExpiry: boolean;
  readonly clock: Clock;
  readonly metrics: NotificationMetrics;
  /** Called when the subscriber takes more than one turn may spend on it; {@link Outbox.drain} goes on. */
  readonly onReady: (outbox: Outbox) => void;
  /** Called once when a frame could not be sent; nothing is sent after that. */
  readonly onFailure: (outbox: Outbox, error: unknown) => void;
  /** Called when not even what the subscriber has to be told to forget may wait. The outbox is to be closed. */
  readonly onOverflow: (outbox: Outbox) => void;
}

/** What an {@link Outbox} works with. */
export interface OutboxOptions {
  /** The service whose providers the subscriber watches. */
  readonly consumer: ServiceIdentity;
  readonly subscriber: Subscriber;
  readonly traced: TracedSubscriber;
  /** What the first {@link Outbox.drain} begins with; asked for the next frame only when that can be written. */
  readonly listing?: Iterator<PushFrame, undefined>;
}

/** A frame for one subscriber. */
interface Delivery {
  readonly frame: PushFrame;
  readonly receivedMs: number;
  /** Its slot in the trace; undefined for frames that are not traced. */
  readonly slot: number | undefined;
}

interface Waiting extends Delivery {
  readonly queuedMs: number;
}

/** What one drain writes at most: a fraction of a millisecond, so that others get their turn in between. */
const framesPerDrain = 64;

/**
 * What waits for one subscriber. A slow subscriber fills its own queue and harms nobody else (spec 04 §5.5).
 *
 * When too much waits, it is dropped, and the subscriber is told to forget each provider that was concerned: it finds
 * again, so nothing is lost silently, and what waits is bounded whatever happens.
 */
export class Outbox {
  readonly consumer: ServiceIdentity;
  readonly subscriber: Subscriber;
  readonly traced: TracedSubscriber;
  /** Whether it waits for its turn in a `FanOut`, which keeps this up to date: a set of them would cost more than it. */
  isInLine = false;
  readonly #settings: OutboxSettings;
  readonly #openedMs: number;
  #listing: Iterator<PushFrame, undefined> | undefined;
  /** Frames that tell to forget a provider, by the provider; they go before the queue. Most subscribers never have any. */
  #expiries: Map<string, Waiting> | undefined;
  /** From the head on; what is before it is written. */
  #queue: Waiting[] = [];
  #head = 0;
  /** What the subscriber is taking. */
  #inFlight: Delivery | undefined;
  #isClosed = false;

  constructor(settings: OutboxSettings, options: OutboxOptions) {
    this.consumer = options.consumer;
    this.subscriber = options.subscriber;
    this.traced = options.traced;
    this.#settings = settings;
    this.#openedMs = settings.clock.monotonicMs();
    this.#listing = options.listing;
  }

  /**
   * Writes a frame in this turn when nothing is in the way; queues it otherwise.
   *
   * @param receivedMs - monotonic milliseconds at which the change reached the caches
   */
  push(frame: PushFrame, receivedMs: number): void {
    if (this.#inFlight !== undefined || this.#hasMore) this.queue(frame, receivedMs);
    else if (!this.#isClosed) {
      this.#write({ frame, receivedMs, slot: frame.origin?.push.queued(this.traced) });
    }
  }

  /** Queues a frame behind those that wait; drops these when they are too many. */
  queue(frame: PushFrame, receivedMs: number): void {
    if (this.#isClosed) return;
    const { limit, onOverflow } = this.#settings;
    if (this.#waitingCount >= limit) this.#dropQueue();
    if (this.#waitingCount >= limit) onOverflow(this);
    else this.#queue.push(this.#wait(frame, receivedMs));
  }

  /** Writes what is listed and then what waits, as far as the subscriber takes it and one turn allows. */
  drain(): void {
    const left = framesPerDrain - this.#drainListing(framesPerDrain);
    this.#drainQueue(left - this.#drainExpiries(left));
    if (this.#mayWrite && this.#hasMore) this.#settings.onReady(this);
  }

  /** Drops what waits and takes nothing more. @param reason - why, for the trace */
  close(reason: DropReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { metrics, clock } = this.#settings;
    metrics.queued(-this.#waitingCount);
    const nowMs = clock.monotonicMs();
    if (this.#inFlight !== undefined) traceDrop(this.#inFlight, reason, nowMs);
    for (const waiting of this.#expiries?.values() ?? []) traceDrop(waiting, reason, nowMs);
    for (const waiting of this.#takeQueue()) traceDrop(waiting, reason, nowMs);
    this.#listing = undefined;
    this.#expiries = undefined;
  }

  get #mayWrite(): boolean {
    return this.#inFlight === undefined && !this.#isClosed;
  }

  get #hasMore(): boolean {
    return this.#listing !== undefined || this.#waitingCount > 0;
  }

  get #waitingCount(): number {
    return this.#expiryCount + this.#queue.length - this.#head;
  }

  get #expiryCount(): number {
    return this.#expiries?.size ?? 0;
  }

  #wait(frame: PushFrame, receivedMs: number): Waiting {
    const { metrics, clock } = this.#settings;
    const queuedMs = clock.monotonicMs();
    metrics.queued(1);
    return { frame, receivedMs, queuedMs, slot: frame.origin?.push.queued(this.traced, queuedMs) };
  }

  #dropQueue(): void {
    const { metrics, clock, sendsExpiry, limit } = this.#settings;
    const dropped = this.#takeQueue();
    metrics.dropped(dropped.length);
    const nowMs = clock.monotonicMs();
    for (const waiting of dropped) traceDrop(waiting, 'slow', nowMs);
    if (!sendsExpiry) return;
    const expiries = (this.#expiries ??= new Map<string, Waiting>());
    for (const { frame, receivedMs } of dropped) {
      if (frame.origin === undefined || expiries.has(frame.origin.provider)) continue;
      if (expiries.size >= limit) return;
      expiries.set(frame.origin.provider, this.#wait(frame.expiry, receivedMs));
    }
  }

  /** @returns how many frames were written */
  #drainListing(limit: number): number {
    let written = 0;
    while (this.#listing !== undefined && this.#mayWrite && written < limit) {
      const { value: frame } = this.#listing.next();
      if (frame === undefined) {
        this.#listing = undefined;
      } else {
        this.#write({ frame, receivedMs: this.#openedMs, slot: undefined });
        written++;
      }
    }
    return written;
  }

  /** @returns how many frames were written */
  #drainExpiries(limit: number): number {
    if (this.#expiries === undefined || this.#listing !== undefined) return 0;
    let written = 0;
    for (const [provider, waiting] of this.#expiries) {
      if (!this.#mayWrite || written === limit) return written;
      written++;
      this.#expiries.delete(provider);
      this.#writeWaiting(waiting);
    }
    this.#expiries = undefined;
    return written;
  }

  #drainQueue(limit: number): void {
    if (this.#listing !== undefined || this.#expiryCount > 0) return;
    for (let written = 0; written < limit && this.#mayWrite; written++) {
      const waiting = this.#queue[this.#head];
      if (waiting === undefined) break;
      this.#head++;
      this.#writeWaiting(waiting);
    }
    // Moves what is left once a drain at most; mostly nothing is.
    if (this.#head === this.#queue.length) this.#queue.length = 0;
    else this.#queue.splice(0, this.#head);
    this.#head = 0;
  }

  #takeQueue(): Waiting[] {
    const rest = this.#head === 0 ? this.#queue : this.#queue.slice(this.#head);
    this.#queue = [];
    this.#head = 0;
    return rest;
  }

  #writeWaiting(waiting: Waiting): void {
    this.#settings.metrics.dequeued(waiting.queuedMs);
    this.#write(waiting);
  }

  #write(delivery: Delivery): void {
    let written: Promise<void> | undefined;
    try {
      written = this.subscriber.send(delivery.frame);
    } catch (error) {
      this.#fail(delivery, error);
      return;
    }
    if (written === undefined) {
      this.#written(delivery);
      return;
    }
    this.#inFlight = delivery;
    const onWritten = (): void => {
      this.#inFlight = undefined;
      // Nobody knows whether a connection that was closed meanwhile has still taken it.
      if (this.#isClosed) this.#settings.metrics.published(false, delivery.receivedMs);
      else this.#written(delivery);
      this.drain();
    };
    written.then(onWritten, (error: unknown) => {
      this.#fail(delivery, error);
    });
  }

  #written({ frame, receivedMs, slot }: Delivery): void {
    const { metrics, clock } = this.#settings;
    const nowMs = clock.monotonicMs();
    metrics.published(true, receivedMs, nowMs);
    if (slot !== undefined) frame.origin?.push.sent(slot, nowMs);
  }

  #fail(delivery: Delivery, error: unknown): void {
    const { metrics, onFailure } = this.#settings;
    metrics.published(false, delivery.receivedMs);
    if (this.#isClosed) return;
    this.#inFlight = delivery;
    this.close('failed');
    onFailure(this, error);
  }
}

function traceDrop({ frame, slot }: Delivery, reason: DropReason, nowMs: number): void {
  if (slot !== undefined) frame.origin?.push.dropped(slot, reason, nowMs);
}
