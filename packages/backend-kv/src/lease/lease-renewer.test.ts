import { ServiceCenterError, silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { keyLayouts } from '../layout/key-layouts.ts';
import { leaseKey } from '../layout/store-keys.ts';
import type { KvRecord } from '../store/kv-record.ts';
import { LeaseRegister } from './lease-register.ts';
import { LeaseRenewer } from './lease-renewer.ts';

const tenant = { domain: 'd', project: 'p' };
const instance = { tenant, serviceId: 's', instanceId: 'i' };
const fileKey = keyLayouts.INSTANCE.build(instance);
const ttlSeconds = 120;

/** The leases of a store that can be cut off. */
class CuttableLeases {
  isAway = false;
  /** Lease ids that live. */
  readonly alive = new Set<bigint>();
  /** What the lease key holds. */
  stored: string | undefined;
  renewed: bigint[] = [];
  reads = 0;

  async renewLease(id: bigint): Promise<number | undefined> {
    this.#check();
    if (!this.alive.has(id)) return undefined;
    this.renewed.push(id);
    return ttlSeconds;
  }

  async get(key: string): Promise<KvRecord | undefined> {
    this.#check();
    this.reads++;
    expect(key).toBe(leaseKey(tenant, 's', 'i'));
    if (this.stored === undefined) return undefined;
    const revisions = { createRevision: 3n, modRevision: 3n, version: 1n, lease: 0n };
    return { key, value: this.stored, ...revisions };
  }

  #check(): void {
    if (this.isAway) throw new ServiceCenterError('unavailableBackend', 'cut off');
  }
}

class Rig {
  readonly clock = new ManualClock();
  readonly store = new CuttableLeases();
  readonly leases = new LeaseRegister({ clock: this.clock });
  readonly renewer = new LeaseRenewer({
    store: this.store,
    leases: this.leases,
    clock: this.clock,
    logger: silentLogger,
  });

  knowing(id: bigint): this {
    this.leases.confirm(fileKey, { id, revision: 1n, ttlSeconds });
    return this;
  }

  async beat(): Promise<string> {
    try {
      const { isConfirmed } = await this.renewer.renew(instance);
      return isConfirmed ? 'confirmed' : 'queued';
    } catch (error) {
      if (ServiceCenterError.is(error)) return error.errorName;
      throw error;
    }
  }
}

describe('a heartbeat', () => {
  it('renews the known lease without a read', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.alive.add(1n);

    expect(await rig.beat()).toBe('confirmed');
    expect(rig.store.renewed).toEqual([1n]);
    expect(rig.store.reads).toBe(0);
  });

  it('of an instance that the feed has not shown yet reads its lease once', async () => {
    const rig = new Rig();
    rig.store.alive.add(5n);
    rig.store.stored = '5';

    expect([await rig.beat(), await rig.beat()]).toEqual(['confirmed', 'confirmed']);
    expect(rig.store.reads).toBe(1);
  });

  it('of an instance that moved to another lease finds it', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.alive.add(2n);
    rig.store.stored = '2';

    expect(await rig.beat()).toBe('confirmed');
    expect(rig.store.renewed).toEqual([2n]);
  });

  it.for([undefined, '', 'x', '1', '99'])(
    'is refused when the lease is gone and its key holds %s',
    async (text) => {
      const rig = new Rig().knowing(1n);
      rig.store.stored = text;

      expect(await rig.beat()).toBe('instanceNotExists');
      expect(rig.leases.size).toBe(0);
    },
  );
});

describe('a heartbeat while the store is away', () => {
  it('counts until the last confirmed one is as old as the lease lives', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.isAway = true;
    await rig.clock.advance(ttlSeconds * 1000 - 1);
    expect(await rig.beat()).toBe('queued');
    await rig.clock.advance(1);

    expect(await rig.beat()).toBe('unavailableBackend');
    await rig.renewer.close();
  });

  it('is refused when nothing is known of the instance', async () => {
    const rig = new Rig();
    rig.store.isAway = true;

    expect(await rig.beat()).toBe('unavailableBackend');
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('is made up for, once, when the store is back', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.alive.add(1n);
    rig.store.isAway = true;
    expect([await rig.beat(), await rig.beat(), await rig.beat()]).toEqual([
      'queued',
      'queued',
      'queued',
    ]);
    await rig.clock.advance(10_000);
    expect(rig.store.renewed).toEqual([]);

    rig.store.isAway = false;
    await rig.clock.advance(2000);
    expect(rig.store.renewed).toEqual([1n]);
    expect(rig.clock.pendingTimers).toBe(0);

    // From here the time counts anew.
    rig.store.isAway = true;
    await rig.clock.advance(ttlSeconds * 1000 - 2001);
    expect(await rig.beat()).toBe('queued');
    await rig.renewer.close();
  });

  it('is dropped when the lease has run out meanwhile', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.isAway = true;
    await rig.beat();
    rig.store.isAway = false;
    await rig.clock.advance(2000);

    expect(rig.clock.pendingTimers).toBe(0);
    expect(await rig.beat()).toBe('instanceNotExists');
  });

  it('leaves no timer behind when the backend is closed', async () => {
    const rig = new Rig().knowing(1n);
    rig.store.isAway = true;
    await rig.beat();
    await rig.renewer.close();
    expect(rig.clock.pendingTimers).toBe(0);
    await rig.beat();

    expect(rig.clock.pendingTimers).toBe(0);
  });
});
