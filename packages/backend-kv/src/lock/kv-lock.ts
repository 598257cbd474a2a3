import { ServiceCenterError, type Lock } from '@service-center/sdcommon';

import type { KvStore } from '../store/kv-store.ts';

/** A held lock. Its key hangs on a lease of its own, so whatever it does to the lease concerns only its own key. */
export class KvLock implements Lock {
  readonly #store: KvStore;
  readonly #name: string;
  readonly #lease: bigint;

  constructor(options: { readonly store: KvStore; readonly name: string; readonly lease: bigint }) {
    this.#store = options.store;
    this.#name = options.name;
    this.#lease = options.lease;
  }

  async renew(): Promise<void> {
    const ttlSeconds = await this.#store.renewLease(this.#lease);
    if (ttlSeconds === undefined) {
      throw new ServiceCenterError('internal', `the lock ${this.#name} is no longer held`);
    }
  }

  async release(): Promise<void> {
    await this.#store.revokeLease(this.#lease);
  }
}
