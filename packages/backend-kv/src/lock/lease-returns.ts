import { Backoff, ServiceCenterError, type Clock, type Logger } from '@service-center/sdcommon';

import type { KvStore } from '../store/kv-store.ts';

/** What {@link LeaseReturns} are made of. */
export interface LeaseReturnsOptions {
  readonly store: Pick<KvStore, 'revokeLease'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends all further tries: what is owed by then runs out by itself. */
  readonly closing: AbortSignal;
}

/** A lease that the store did not take back yet. */
interface OwedLease {
  readonly id: bigint;
  /** The name of the lock that it was granted for. */
  readonly lockName: string;
}

/**
 * Returns the leases of locks, and those that the store was away for as soon as it answers again: until then their keys
 * would keep all servers from the lock although its holder has finished.
 *
 * A revocation whose answer was lost is repeated as well. That is harmless: no lease has the id of another, and one that
 * the store does not know any more is returned.
 *
 * The tries do not end with the lease's own time: a store that was restarted meanwhile counts that time anew.
 */
export class LeaseReturns {
  readonly #store: Pick<KvStore, 'revokeLease'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #closing: AbortSignal;
  readonly #backoff = new Backoff({ maxMs: 2000 });
  readonly #owed = new Map<bigint, OwedLease>();
  #retries = 0;
  #cancelTimer: (() => void) | undefined;
  #run: Promise<void> | undefined;

  constructor({ store, clock, logger, closing }: LeaseReturnsOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#closing = closing;
    const letGo = (): void => {
      this.#owed.clear();
      this.#rest();
    };
    closing.addEventListener('abort', letGo, { once: true });
  }

  /**
   * Returns a lease, which must not be renewed from here on. When the store is away it is owed: tried again until the
   * store answers.
   *
   * @throws whatever else the store throws than ServiceCenterError `unavailableBackend`
   */
  async giveBack(lockName: string, id: bigint): Promise<void> {
    try {
      await this.#store.revokeLease(id);
      this.#forget(id);
    } catch (error) {
      if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
      this.#owe({ id, lockName }, error);
    }
  }

  /**
   * Returns now what is owed of a lock, so that who owes it is not kept from the lock by its own key.
   *
   * @throws ServiceCenterError `unavailableBackend` when the store is still away; whatever else the store throws
   */
  async settle(lockName: string): Promise<void> {
    for (const lease of this.#owed.values()) {
      if (lease.lockName === lockName) await this.#giveBackOwed(lease);
    }
  }

  #owe(lease: OwedLease, error: unknown): void {
    if (this.#owed.has(lease.id)) return;
    this.#logger.warn(
      { err: error, lock: lease.lockName, lease: String(lease.id) },
      'the lease of a lock was not revoked',
    );
    if (this.#closing.aborted) return;
    this.#owed.set(lease.id, lease);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#owed.size === 0 || this.#cancelTimer !== undefined || this.#run !== undefined) return;
    this.#cancelTimer = this.#clock.schedule(this.#backoff.delayMs(this.#retries), () => {
      this.#cancelTimer = undefined;
      this.#run = this.#tryAgain().finally(() => {
        this.#run = undefined;
        this.#schedule();
      });
    });
  }

  async #tryAgain(): Promise<void> {
    for (const lease of this.#owed.values()) {
      try {
        await this.#giveBackOwed(lease);
      } catch (error) {
        if (ServiceCenterError.is(error, 'unavailableBackend')) {
          // The others would be told the same now. Should it be this one alone, it is not before them the next time.
          this.#retries++;
          if (this.#owed.delete(lease.id)) this.#owed.set(lease.id, lease);
          return;
        }
        this.#forget(lease.id);
        this.#logger.error(
          { err: error, lock: lease.lockName, lease: String(lease.id) },
          'the lease of a lock cannot be revoked',
        );
      }
    }
  }

  async #giveBackOwed({ id }: OwedLease): Promise<void> {
    await this.#store.revokeLease(id);
    this.#forget(id);
  }

  #forget(id: bigint): void {
    this.#owed.delete(id);
    if (this.#owed.size === 0) this.#rest();
  }

  #rest(): void {
    this.#retries = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
