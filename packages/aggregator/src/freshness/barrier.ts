import { type Clock, hasReached, type Position } from '@service-center/sdcommon';

import { Waiter } from './waiter.ts';
import { WaiterQueue } from './waiter-queue.ts';

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}

/** What a {@link Barrier} needs. */
export interface BarrierOptions {
  readonly clock: Clock;
  /** How many may wait at once; whoever comes after them is told at once that the time is over. Default 100000. */
  readonly maxWaiters?: number;
  /** Called for each wait that ends because the time is over. */
  readonly onTimeOver?: () => void;
}

const defaultMaxWaiters = 100_000;
const reached = Promise.resolve(true);

/**
 * Lets requests wait until the caches have passed a place in the store's history (design §3.2).
 *
 * All waits share one timer, set for the earliest deadline. It is left to fire when its wait is over already: a server
 * that takes thousands of writes a second would otherwise set and clear one for each.
 */
export class Barrier {
  readonly #clock: Clock;
  readonly #maxWaiters: number;
  readonly #onTimeOver: () => void;
  readonly #waiters = new Set<Waiter>();
  /** By epoch. Only the present one can be reached; a waiter of another may have seen the store's future. */
  readonly #queues = new Map<string, WaiterQueue>();
  #position: Position | undefined;
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(options: BarrierOptions) {
    this.#clock = options.clock;
    this.#maxWaiters = options.maxWaiters ?? defaultMaxWaiters;
    this.#onTimeOver = options.onTimeOver ?? (() => undefined);
  }

  /** What the caches have passed; undefined while that is not known. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Waits until the caches have passed a position. @returns false when the time was over first */
  waitFor(position: Position, options: WaitOptions): Promise<boolean> {
    if (this.#position !== undefined && hasReached(this.#position, position)) return reached;
    const waiter = this.open(options);
    this.bind(waiter, position);
    return waiter.outcome;
  }

  /** Starts a wait whose position is not known yet; the time runs already. */
  open(options: WaitOptions): Waiter {
    const { timeoutMs, signal } = options;
    const waiter = new Waiter(this.#clock.monotonicMs() + timeoutMs, signal, (settled) => {
      this.#waiters.delete(settled);
    });
    if (signal?.aborted === true) {
      waiter.reject(signal.reason);
    } else if (this.#isClosed || this.#waiters.size >= this.#maxWaiters || timeoutMs <= 0) {
      this.#giveUp(waiter);
    } else {
      this.#waiters.add(waiter);
      this.#startTimer(waiter.deadlineMs);
    }
    return waiter;
  }

  /** Says what an open wait is for. */
  bind(waiter: Waiter, position: Position): void {
    if (waiter.isSettled) return;
    if (this.#position !== undefined && hasReached(this.#position, position)) {
      waiter.resolve(true);
      return;
    }
    let queue = this.#queues.get(position.epoch);
    if (queue === undefined) {
      queue = new WaiterQueue();
      this.#queues.set(position.epoch, queue);
    }
    queue.add(position.order, waiter);
  }

  /** Says what the caches have passed now. A position of another history, or an older one, takes the old one's place. */
  advance(position: Position): void {
    this.#position = position;
    const queue = this.#queues.get(position.epoch);
    if (queue === undefined) return;
    for (;;) {
      const waiter = queue.takeReached(position.order);
      if (waiter === undefined) break;
      waiter.resolve(true);
    }
    if (queue.size === 0) this.#queues.delete(position.epoch);
  }

  /** Says that it is not known what the caches have passed, until the next {@link Barrier.advance}. */
  invalidate(): void {
    this.#position = undefined;
  }

  /** Ends all waits as if their time were over. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters) waiter.resolve(false);
    this.#queues.clear();
    this.#stopTimer();
  }

  #giveUp(waiter: Waiter): void {
    waiter.resolve(false);
    this.#onTimeOver();
  }

  #startTimer(deadlineMs: number): void {
    if (deadlineMs >= this.#timerAtMs) return;
    this.#stopTimer();
    this.#timerAtMs = deadlineMs;
    this.#cancelTimer = this.#clock.schedule(deadlineMs - this.#clock.monotonicMs(), () => {
      this.#sweep();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #sweep(): void {
    this.#stopTimer();
    const nowMs = this.#clock.monotonicMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      if (waiter.deadlineMs <= nowMs) this.#giveUp(waiter);
      else if (waiter.deadlineMs < nextMs) nextMs = waiter.deadlineMs;
    }
    for (const [epoch, queue] of this.#queues) {
      queue.compact();
      if (queue.size === 0) this.#queues.delete(epoch);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#startTimer(nextMs);
  }
}
