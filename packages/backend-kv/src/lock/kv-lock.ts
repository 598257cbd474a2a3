import { ServiceCenterError, type Lock } from '@service-center/sdcommon';

import type { KvStore } from '../store/kv-store.ts';
import type { LeaseReturns } from './lease-returns.ts';

/** What a {@link KvLock} is made of. */
export interface KvLockOptions {
  readonly store: Pick<KvStore, 'renewLease'>;
  readonly returns: LeaseReturns;
  readonly name: string;
  readonly lease: bigint;
}

/** A held lock. Its key hangs on a lease of its own, so whatever it does to the lease concerns only its own key. */
export class KvLock implements Lock {
  readonly #store: Pick<KvStore, 'renewLease'>;
  readonly #returns: LeaseReturns;
  readonly #name: string;
  readonly #lease: bigint;
  #isReleased = false;

  constructor({ store, returns, name, lease }: KvLockOptions) {
    this.#store = store;
    this.#returns = returns;
    this.#name = name;
    this.#lease = lease;
  }

  async renew(): Promise<void> {
    // A lease that is still to be returned lives, but not for the holder any more.
    const ttlSeconds = this.#isReleased ? undefined : await this.#store.renewLease(this.#lease);
    if (ttlSeconds === undefined) {
      throw new ServiceCenterError('internal', `the lock ${this.#name} is no longer held`);
    }
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    await this.#returns.giveBack(this.#name, this.#lease);
  }
}
