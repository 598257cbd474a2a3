import { Backoff, type Clock } from '@service-center/sdcommon';

import type { LeaseTable } from './lease-table.ts';
import type { Lease } from './lease.ts';

/** A lease is removed at most this much later than its slot of the wheel, well within the allowed second. */
const tickMs = 200;

/**
 * A tick that comes this much too late tells that the process did not run: it was stopped, or its machine. The
 * renewals of that time wait in the sockets, so the time does not count. Without this, a server that was paused for
 * longer than a time to live would drop every instance when it goes on.
 */
const stallMs = 2000;

/** Removals decided before requests get a turn. */
const leasesPerTurn = 500;

/** What a {@link LeaseExpirer} works with. */
export interface LeaseExpirerOptions {
  readonly clock: Clock;
  readonly leases: LeaseTable;
  /** Decides the removal of a lease with its keys. Rejects when it did not become durable. */
  readonly expire: (lease: Lease) => Promise<void>;
  /** Is told of each removal that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Removes leases whose time is over. A removal that fails, as with a full disk, is tried again and never forgotten. */
export class LeaseExpirer {
  readonly #options: LeaseExpirerOptions;
  readonly #backoff = new Backoff({ initMs: 500, maxMs: 5000 });
  #failures = 0;
  #stalledMs = 0;
  #lastTickMs = 0;
  #cancelTick: (() => void) | undefined;
  readonly #removals = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: LeaseExpirerOptions) {
    this.#options = options;
    this.#lastTickMs = options.clock.monotonicMs();
  }

  /** The time that counts for leases, milliseconds. */
  nowMs(): number {
    const monotonicMs = this.#options.clock.monotonicMs();
    // Not left to the tick: a process that goes on may come to the renewals in its sockets before it comes to its timers,
    // and a lease that is renewed at a time which then does not count would live longer by all of it.
    const gapMs = monotonicMs - this.#lastTickMs;
    if (gapMs > tickMs + stallMs) {
      this.#stalledMs += gapMs - tickMs;
      this.#lastTickMs = monotonicMs;
    }
    return monotonicMs - this.#stalledMs;
  }

  /** Begins to look for leases. */
  start(): void {
    this.#schedule();
  }

  /** Ends. @returns resolves when no removal is being decided any more */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTick?.();
    await Promise.all(this.#removals);
  }

  #schedule(): void {
    this.#lastTickMs = this.#options.clock.monotonicMs();
    this.#cancelTick = this.#options.clock.schedule(tickMs, () => {
      this.#tick();
    });
  }

  #tick(): void {
    const expired = this.#options.leases.takeExpired(this.nowMs());
    // The removals wait for the disk. The next tick does not wait for them: only ticks tell that the process stood still.
    this.#schedule();
    if (expired.length === 0) return;
    const removal = this.#remove(expired).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  async #remove(expired: readonly Lease[]): Promise<void> {
    const removals: Promise<void>[] = [];
    for (let start = 0; start < expired.length; start += leasesPerTurn) {
      if (start > 0) {
        await new Promise<void>((resolve) => {
          setImmediate(resolve);
        });
      }
      for (const lease of expired.slice(start, start + leasesPerTurn)) {
        removals.push(this.#expire(lease));
      }
    }
    await Promise.all(removals);
  }

  async #expire(lease: Lease): Promise<void> {
    // It may have been renewed while it waited for its turn, or be on its way out already.
    if (lease.removal !== undefined || lease.deadlineMs > this.nowMs() || this.#isStopped) {
      this.#options.leases.postpone(lease, lease.deadlineMs);
      return;
    }
    try {
      await this.#options.expire(lease);
      this.#failures = 0;
    } catch (error) {
      this.#options.onFailure(error);
      const delayMs = this.#backoff.delayMs(this.#failures++);
      this.#options.leases.postpone(lease, this.nowMs() + delayMs);
    }
  }
}
