import { ServiceCenterError, silentLogger, type Lock } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { NEVER, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { KvWatchBatch } from '../store/kv-event.ts';
import type { LeaseGrant } from '../store/kv-store.ts';
import type { KvTransaction, KvTransactionResult } from '../store/kv-transaction.ts';
import { KvLocks, type LockStore } from './kv-locks.ts';

const options = { ttlSeconds: 60, signal: new AbortController().signal };

/** Leases, and the keys that hang on them. */
class SharedStore {
  readonly leases = new Set<bigint>();
  readonly leaseOf = new Map<string, bigint>();
  #nextLease = 1n;

  grant(): bigint {
    const id = this.#nextLease++;
    this.leases.add(id);
    return id;
  }

  revoke(id: bigint): boolean {
    for (const [key, lease] of this.leaseOf) if (lease === id) this.leaseOf.delete(key);
    return this.leases.delete(id);
  }

  /** Knows the two transactions of locks: reading a key, and putting it when it is absent. */
  commit({ success: [operation] }: KvTransaction): KvTransactionResult {
    if (operation?.kind === 'get') {
      const { key } = operation;
      const lease = this.leaseOf.get(key);
      const revisions = { createRevision: 1n, modRevision: 1n, version: 1n };
      const record = lease === undefined ? undefined : { key, value: '', lease, ...revisions };
      return { succeeded: true, revision: 1n, gets: [record] };
    }
    if (operation?.kind !== 'put') throw new Error('no transaction of a lock');
    const { key, lease = 0n } = operation;
    const succeeded = !this.leaseOf.has(key);
    if (succeeded) this.leaseOf.set(key, lease);
    return { succeeded, revision: 1n, gets: [] };
  }
}

/** One server's way to the store. */
class Connection implements LockStore {
  isAway = false;
  /** Lets the next transaction that writes through, breaks off, and so its answer is lost. */
  breaksAfterWrite = false;
  /** Is called before a transaction that writes. */
  beforeWrite: (() => Promise<unknown>) | undefined;
  readonly #store: SharedStore;

  constructor(store: SharedStore) {
    this.#store = store;
  }

  async commit(transaction: KvTransaction): Promise<KvTransactionResult> {
    this.#check();
    if (transaction.success.every(({ kind }) => kind === 'get')) {
      return this.#store.commit(transaction);
    }
    await this.beforeWrite?.();
    const result = this.#store.commit(transaction);
    if (this.breaksAfterWrite) {
      this.breaksAfterWrite = false;
      this.isAway = true;
    }
    this.#check();
    return result;
  }

  async grantLease(ttlSeconds: number): Promise<LeaseGrant> {
    this.#check();
    return { id: this.#store.grant(), ttlSeconds };
  }

  async renewLease(id: bigint): Promise<number | undefined> {
    this.#check();
    return this.#store.leases.has(id) ? options.ttlSeconds : undefined;
  }

  async revokeLease(id: bigint): Promise<bigint | undefined> {
    this.#check();
    return this.#store.revoke(id) ? 2n : undefined;
  }

  watch(): Observable<KvWatchBatch> {
    return NEVER;
  }

  #check(): void {
    if (this.isAway) throw new ServiceCenterError('unavailableBackend', 'cut off');
  }
}

/** Two servers on one store, the first of which can be cut off from it. */
class Rig {
  readonly clock = new ManualClock();
  readonly store = new SharedStore();
  readonly connection = new Connection(this.store);
  readonly other = this.#locksOn(new Connection(this.store));
  readonly locks = this.#locksOn(this.connection);

  /** Takes the lock and gives it back while the store is away. */
  async releaseAway(): Promise<Lock> {
    const lock = await this.locks.lock('work', options);
    this.connection.isAway = true;
    await lock.release();
    return lock;
  }

  #locksOn(store: LockStore): KvLocks {
    const { clock } = this;
    const closing = new AbortController().signal;
    return new KvLocks({ store, clock, logger: silentLogger, owner: 'test', closing });
  }
}

describe('a lock that is given back while the store is away', () => {
  it('is free for others within two seconds of its return', async () => {
    const rig = new Rig();
    await rig.releaseAway();
    await rig.clock.advance(10_000);
    expect(await rig.other.tryLock('work', options)).toBeUndefined();
    rig.connection.isAway = false;
    await rig.clock.advance(2000);

    expect(await rig.other.tryLock('work', options)).toBeDefined();
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it.for(['tryLock', 'lock'] as const)(
    'is free for who gave it back as soon as the store is there: %s',
    async (method) => {
      const rig = new Rig();
      await rig.releaseAway();
      rig.connection.isAway = false;

      expect(await rig.locks[method]('work', options)).toBeDefined();
      expect(rig.store.leases.size).toBe(1);
      expect(rig.clock.pendingTimers).toBe(0);
    },
  );

  it('is not taken from its next holder', async () => {
    const rig = new Rig();
    await rig.releaseAway();
    // Its time is over in the store before the store is there again.
    for (const id of rig.store.leases) rig.store.revoke(id);
    const next = await rig.other.tryLock('work', options);
    rig.connection.isAway = false;
    await rig.clock.advance(2000);

    await next?.renew();
    expect(await rig.locks.tryLock('work', options)).toBeUndefined();
  });

  it('is not held any more, though its key is there', async () => {
    const rig = new Rig();
    const lock = await rig.releaseAway();
    rig.connection.isAway = false;

    await expect(lock.renew()).rejects.toThrow('no longer held');
  });

  it('does not keep its holder from another lock', async () => {
    const rig = new Rig();
    await rig.releaseAway();
    rig.connection.isAway = false;

    expect(await rig.locks.tryLock('other work', options)).toBeDefined();
    expect(rig.store.leaseOf.size).toBe(2);
  });
});

describe('a lock that is asked for when the connection breaks', () => {
  it('is not left behind although it was written', async () => {
    const rig = new Rig();
    rig.connection.breaksAfterWrite = true;
    await expect(rig.locks.tryLock('work', options)).rejects.toSatisfy((error) =>
      ServiceCenterError.is(error, 'unavailableBackend'),
    );
    expect(await rig.other.tryLock('work', options)).toBeUndefined();
    rig.connection.isAway = false;
    await rig.clock.advance(2000);

    expect(await rig.other.tryLock('work', options)).toBeDefined();
    expect(rig.store.leases.size).toBe(1);
  });

  it('stays with whoever was first, and the lease in vain is returned', async () => {
    const rig = new Rig();
    let first: Lock | undefined;
    rig.connection.beforeWrite = async () => {
      first = await rig.other.tryLock('work', options);
      rig.connection.breaksAfterWrite = true;
    };
    await expect(rig.locks.tryLock('work', options)).rejects.toBeInstanceOf(ServiceCenterError);
    expect(rig.store.leases.size).toBe(2);
    rig.connection.isAway = false;
    await rig.clock.advance(2000);

    expect(rig.store.leases.size).toBe(1);
    await first?.renew();
  });
});
