import {
  WatchError,
  type Clock,
  type Lock,
  type LockOptions,
  type Logger,
} from '@service-center/sdcommon';
import { filter, firstValueFrom } from 'rxjs';

import { lockKey } from '../layout/store-keys.ts';
import { isAbsent } from '../store/compares.ts';
import type { KvWatchBatch } from '../store/kv-event.ts';
import type { KvStore } from '../store/kv-store.ts';
import { KvLock } from './kv-lock.ts';
import { LeaseReturns } from './lease-returns.ts';

const defaultTtlSeconds = 60;
const reconnectMs = 1000;

/** What locks need of a store. */
export type LockStore = Pick<
  KvStore,
  'commit' | 'grantLease' | 'renewLease' | 'revokeLease' | 'watch'
>;

/** What {@link KvLocks} are made of. */
export interface KvLocksOptions {
  readonly store: LockStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process in the keys of its locks, for people who look into the store. */
  readonly owner: string;
  /** Ends all waiting, and the tries to return leases. */
  readonly closing: AbortSignal;
}

/** A lock that was free, or the revision at which somebody else held it. */
type Attempt = { readonly lock: KvLock } | { readonly lock: undefined; readonly heldAt: bigint };

/** Locks over all servers of a store: a key that exists while its holder's lease lives (spec 02 §1.5). */
export class KvLocks {
  readonly #store: LockStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #owner: string;
  readonly #closing: AbortSignal;
  readonly #returns: LeaseReturns;

  constructor({ store, clock, logger, owner, closing }: KvLocksOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#owner = owner;
    this.#closing = closing;
    this.#returns = new LeaseReturns({ store, clock, logger, closing });
  }

  /** Takes the lock if it is free. @throws the signal's reason; ServiceCenterError */
  async tryLock(name: string, options: LockOptions): Promise<Lock | undefined> {
    const signal = AbortSignal.any([options.signal, this.#closing]);
    return (await this.#attempt(name, ttlOf(options), signal)).lock;
  }

  /** Takes the lock, waiting while somebody else holds it. @throws the signal's reason; ServiceCenterError */
  async lock(name: string, options: LockOptions): Promise<Lock> {
    const signal = AbortSignal.any([options.signal, this.#closing]);
    const ttlSeconds = ttlOf(options);
    for (;;) {
      const attempt = await this.#attempt(name, ttlSeconds, signal);
      if (attempt.lock !== undefined) return attempt.lock;
      await this.#waitForRelease(lockKey(name), attempt.heldAt, ttlSeconds, signal);
    }
  }

  async #attempt(name: string, ttlSeconds: number, signal: AbortSignal): Promise<Attempt> {
    signal.throwIfAborted();
    await this.#returns.settle(name);
    const key = lockKey(name);
    const read = await this.#store.commit({ compares: [], success: [{ kind: 'get', key }] });
    if (read.gets[0] !== undefined) return { lock: undefined, heldAt: read.revision };

    signal.throwIfAborted();
    const { id: lease } = await this.#store.grantLease(ttlSeconds);
    try {
      const { succeeded, revision } = await this.#store.commit({
        compares: [isAbsent(key)],
        success: [{ kind: 'put', key, value: this.#holderText(), lease }],
      });
      signal.throwIfAborted();
      if (succeeded) return { lock: this.#held(name, lease) };
      await this.#giveBack(name, lease);
      return { lock: undefined, heldAt: revision };
    } catch (error) {
      // Its answer may be all that was lost of the transaction: the key goes with the lease.
      await this.#giveBack(name, lease);
      throw error;
    }
  }

  /** Returns when it is worth another attempt. */
  async #waitForRelease(
    key: string,
    heldAt: bigint,
    ttlSeconds: number,
    signal: AbortSignal,
  ): Promise<void> {
    // Should the watch be silent for longer than a dead holder could keep the lock, look again.
    const overdue = new AbortController();
    const cancelTimer = this.#clock.schedule(ttlSeconds * 1000, () => {
      overdue.abort();
    });
    const watching = this.#store.watch({
      prefix: key,
      afterRevision: heldAt,
      signal: AbortSignal.any([signal, overdue.signal]),
    });
    try {
      const isReleased = ({ events }: KvWatchBatch): boolean =>
        events.some((event) => event.kind === 'delete' && event.key === key);
      await firstValueFrom(watching.pipe(filter(isReleased)), { defaultValue: undefined });
    } catch (error) {
      if (!(error instanceof WatchError)) throw error;
      this.#logger.warn({ err: error, lock: key }, 'the watch of a lock broke');
      if (!error.positionLost) await this.#clock.sleep(reconnectMs, signal);
    } finally {
      cancelTimer();
    }
    signal.throwIfAborted();
  }

  #held(name: string, lease: bigint): KvLock {
    return new KvLock({ store: this.#store, returns: this.#returns, name, lease });
  }

  /** Returns a lease of a lock that was not taken; what becomes of it is not what the caller has to know. */
  async #giveBack(name: string, lease: bigint): Promise<void> {
    try {
      await this.#returns.giveBack(name, lease);
    } catch (error) {
      this.#logger.warn(
        { err: error, lock: name, lease: String(lease) },
        'the lease of a lock was not revoked',
      );
    }
  }

  /** `{owner}-{yyyyMMdd-HH:mm:ss.fffffffff}`, in UTC. */
  #holderText(): string {
    const [date = '', time = ''] = new Date(this.#clock.wallMs()).toISOString().split('T');
    return `${this.#owner}-${date.replaceAll('-', '')}-${time.replace('Z', '000000')}`;
  }
}

function ttlOf({ ttlSeconds }: LockOptions): number {
  return ttlSeconds < 1 ? defaultTtlSeconds : ttlSeconds;
}
