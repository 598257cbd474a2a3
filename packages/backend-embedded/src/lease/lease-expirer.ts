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
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: LeaseExpirerOptions) {
    this.#options = options;
  }

  /** The time that counts for leases, milliseconds. */
  nowMs(): number {
    return this.#options.clock.monotonicMs() - this.#stalledMs;
  }

  /** Begins to look for leases. */
  start(): void {
    this.#schedule();
  }

  /** Ends. @returns resolves when no removal is being decided any more */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTick?.();
    await this.#running;
  }

  #schedule(): void {
    this.#lastTickMs = this.#options.clock.monotonicMs();
    this.#cancelTick = this.#options.clock.schedule(tickMs, () => {
      this.#running = this.#tick();
    });
  }

  async #tick(): Promise<void> {
    const { clock, leases } = this.#options;
    const gapMs = clock.monotonicMs() - this.#lastTickMs;
    if (gapMs > tickMs + stallMs) this.#stalledMs += gapMs - tickMs;
    const expired = leases.takeExpired(this.nowMs());
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
    if (!this.#isStopped) this.#schedule();
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
