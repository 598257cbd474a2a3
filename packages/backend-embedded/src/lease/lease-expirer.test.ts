import { ManualClock } from '@service-center/sdcommon/testing';
import { describe, expect, it } from 'vitest';

import { LeaseExpirer } from './lease-expirer.ts';
import { LeaseTable } from './lease-table.ts';
import type { Lease } from './lease.ts';

/** A clock that can jump while no timer runs, as when the process is stopped. */
class StoppableClock extends ManualClock {
  stoppedMs = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.stoppedMs;
  }
}

/** Leases with an expirer that notes when each ended. */
class Subject {
  readonly clock: ManualClock;
  readonly leases = new LeaseTable();
  readonly ended = new Map<Lease, number>();
  readonly expirer: LeaseExpirer;
  failures = 0;
  isBroken = false;
  /** What it takes to write an end. */
  sync: () => Promise<void> = async () => undefined;

  constructor({ clock = new ManualClock() }: { readonly clock?: ManualClock } = {}) {
    this.clock = clock;
    this.expirer = new LeaseExpirer({
      clock: this.clock,
      leases: this.leases,
      expire: async (lease) => {
        if (this.isBroken) throw new Error('disk full');
        await this.sync();
        this.leases.remove(lease);
        this.ended.set(lease, this.clock.monotonicMs());
      },
      onFailure: () => this.failures++,
    });
    this.expirer.start();
  }

  grant(ttlSeconds: number): Lease {
    return this.leases.grant(ttlSeconds, this.expirer.nowMs());
  }
}

describe('a lease', () => {
  it('ends after its time, and at most a second later', async () => {
    const subject = new Subject();
    const granted: [Lease, number][] = [];
    for (let index = 0; index < 100; index++) {
      const ttlSeconds = 1 + (index % 7);
      const due = subject.clock.monotonicMs() + ttlSeconds * 1000;
      granted.push([subject.grant(ttlSeconds), due]);
      await subject.clock.advance(37);
    }
    await subject.clock.advance(10_000);

    for (const [lease, due] of granted) {
      expect(subject.ended.get(lease)).toBeGreaterThanOrEqual(due);
      expect(subject.ended.get(lease)).toBeLessThanOrEqual(due + 1000);
    }
    await subject.expirer.stop();
  });

  it('lives on while it is renewed', async () => {
    const subject = new Subject();
    const [renewed, other] = [subject.grant(2), subject.grant(2)];
    for (let second = 0; second < 20; second++) {
      subject.leases.renew(renewed, subject.expirer.nowMs());
      await subject.clock.advance(1000);
    }

    expect([...subject.ended.keys()]).toEqual([other]);
    await subject.clock.advance(3000);
    expect(subject.ended.has(renewed)).toBe(true);
    await subject.expirer.stop();
  });

  it('whose end cannot be written is tried again until it can, and may be renewed meanwhile', async () => {
    const subject = new Subject();
    const [lost, renewed] = [subject.grant(1), subject.grant(1)];
    subject.isBroken = true;
    await subject.clock.advance(30_000);
    expect(subject.failures).toBeGreaterThan(6);
    expect(subject.ended.size).toBe(0);
    subject.leases.renew(renewed, subject.expirer.nowMs());
    subject.isBroken = false;
    await subject.clock.advance(900);
    expect(subject.ended.has(renewed)).toBe(false);
    await subject.clock.advance(10_000);

    expect(new Set(subject.ended.keys())).toEqual(new Set([lost, renewed]));
    await subject.expirer.stop();
  });

  it('does not pay for time in which the process stood still', async () => {
    const clock = new StoppableClock();
    const subject = new Subject({ clock });
    const lease = subject.grant(10);
    await clock.advance(5000);
    clock.stoppedMs = 600_000;
    await clock.advance(4000);
    expect(subject.ended.size).toBe(0);
    await clock.advance(2000);

    expect([...subject.ended.keys()]).toEqual([lease]);
    await subject.expirer.stop();
  });

  it('does not pay for it either while another lease waits for the disk', async () => {
    const clock = new StoppableClock();
    const subject = new Subject({ clock });
    const synced = Promise.withResolvers<void>();
    subject.sync = () => synced.promise;
    subject.grant(1);
    const lease = subject.grant(10);
    await clock.advance(1500);
    clock.stoppedMs = 600_000;
    synced.resolve();
    await clock.advance(7500);

    expect(subject.ended.has(lease)).toBe(false);
    await clock.advance(3000);
    expect(subject.ended.has(lease)).toBe(true);
    await subject.expirer.stop();
  });

  it('lives no longer because it was renewed first thing after such a time', async () => {
    const clock = new StoppableClock();
    const subject = new Subject({ clock });
    const lease = subject.grant(10);
    await clock.advance(5000);
    clock.stoppedMs = 600_000;
    subject.leases.renew(lease, subject.expirer.nowMs());
    await clock.advance(9000);
    expect(subject.ended.has(lease)).toBe(false);
    await clock.advance(3000);

    expect(subject.ended.has(lease)).toBe(true);
    await subject.expirer.stop();
  });
});

describe('the expirer', () => {
  it('leaves no timer behind', async () => {
    const subject = new Subject();
    subject.grant(1);
    await subject.clock.advance(500);
    await subject.expirer.stop();

    expect(subject.clock.pendingTimers).toBe(0);
    await subject.clock.advance(5000);
    expect(subject.ended.size).toBe(0);
  });
});
