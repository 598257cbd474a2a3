import type { ResourceRecord } from '@service-center/sdcommon';
import { ManualClock, sampleInstance } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { LeaseRegister } from './lease-register.ts';

function stored(key: string, modRevision: bigint): ResourceRecord<'INSTANCE'> {
  return {
    type: 'INSTANCE',
    key,
    identity: { tenant: { domain: 'd', project: 'p' }, serviceId: 's', instanceId: key },
    value: sampleInstance(),
    encoded: '{}',
    createRevision: 1n,
    modRevision,
    version: 1n,
  };
}

function open(): { readonly clock: ManualClock; readonly leases: LeaseRegister } {
  const clock = new ManualClock();
  return { clock, leases: new LeaseRegister({ clock }) };
}

describe('lease register', () => {
  it('knows what the feed has shown', () => {
    const { leases } = open();
    leases.see(stored('a', 5n), 77n);

    expect(leases.get('a')).toMatchObject({ id: 77n, revision: 5n, ttlSeconds: 120 });
    expect(leases.get('b')).toBeUndefined();
  });

  it('is not led back by a session that tells the past', () => {
    const { leases } = open();
    leases.see(stored('a', 9n), 2n);
    leases.see(stored('a', 5n), 1n);
    leases.forget('a', 6n);

    expect(leases.get('a')).toMatchObject({ id: 2n, revision: 9n });
  });

  it('keeps the time of the last renewal while the lease stays the same', async () => {
    const { clock, leases } = open();
    leases.confirm('a', { id: 1n, revision: 5n, ttlSeconds: 30 });
    await clock.advance(10_000);
    leases.see(stored('a', 6n), 1n);
    expect(leases.get('a')).toEqual({ id: 1n, revision: 6n, ttlSeconds: 30, confirmedMs: 0 });

    leases.see(stored('a', 7n), 2n);
    expect(leases.get('a')).toMatchObject({ id: 2n, confirmedMs: 10_000 });
  });

  it('takes a renewal of a lease that was replaced for what it is', () => {
    const { leases } = open();
    leases.see(stored('a', 9n), 2n);
    leases.confirm('a', { id: 1n, revision: 5n, ttlSeconds: 30 });

    expect(leases.get('a')?.id).toBe(2n);
  });

  it('forgets an instance that is gone or hangs on no lease', () => {
    const { leases } = open();
    leases.see(stored('a', 5n), 1n);
    leases.see(stored('b', 5n), 1n);
    leases.forget('a', 6n);
    leases.see(stored('b', 6n), 0n);

    expect(leases.size).toBe(0);
  });

  it('drops what a list no longer has, unless it is newer than the list', () => {
    const { leases } = open();
    leases.see(stored('listed', 5n), 1n);
    leases.see(stored('gone', 6n), 2n);
    leases.see(stored('newer', 11n), 3n);
    leases.retain(['listed', 'unreadable'], 10n);

    expect(['listed', 'gone', 'newer'].map((key) => leases.get(key)?.id)).toEqual([
      1n,
      undefined,
      3n,
    ]);
  });
});
