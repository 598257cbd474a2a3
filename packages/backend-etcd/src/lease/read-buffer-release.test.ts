import { silentLogger } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import { RpcError } from '../rpc/rpc-error.ts';
import { ReadBufferRelease, type ReadBufferCalls } from './read-buffer-release.ts';

/** An etcd whose buffer is a list of what was asked of it. */
class Rig implements ReadBufferCalls {
  readonly clock = new ManualClock();
  readonly asked: string[] = [];
  member = '3.4.23';
  revision = 7n;
  isAway = false;
  readonly release = new ReadBufferRelease({
    calls: {
      version: () => this.version(),
      currentRevision: () => this.currentRevision(),
      grantLease: () => this.grantLease(),
      revokeLease: (id) => this.revokeLease(id),
    },
    clock: this.clock,
    logger: silentLogger,
  });

  async version(): Promise<string> {
    return this.member;
  }

  async currentRevision(): Promise<bigint> {
    if (this.isAway) throw new RpcError('unavailable', 'away');
    return this.revision;
  }

  async grantLease(): Promise<bigint> {
    this.asked.push(`grant at ${this.clock.monotonicMs()}`);
    return 5n;
  }

  async revokeLease(id: bigint): Promise<void> {
    this.asked.push(`revoke ${id} at ${this.clock.monotonicMs()}`);
  }

  renew(times: number): void {
    for (let time = 0; time < times; time++) this.release.onRenewal();
  }

  /** Renews many leases, and lets some time pass. */
  async pass(ms: number): Promise<void> {
    this.renew(200);
    await this.clock.advance(ms);
  }
}

it('grants and revokes a lease once the store is quiet and much is renewed', async () => {
  const rig = new Rig();
  rig.renew(199);
  await rig.clock.advance(5000);
  expect(rig.asked).toEqual([]);

  rig.renew(1);
  await rig.clock.advance(2000);
  expect(rig.asked).toEqual(['grant at 6000', 'revoke 5 at 6300']);
  expect(rig.clock.pendingTimers).toBe(0);
});

it('does nothing more until something changes', async () => {
  const rig = new Rig();
  await rig.pass(2000);
  for (let second = 0; second < 50; second++) await rig.pass(1000);
  expect(rig.asked).toHaveLength(2);

  rig.revision = 8n;
  await rig.pass(2000);
  expect(rig.asked).toHaveLength(4);
});

it('does it again after a minute, for what shows in no revision', async () => {
  const rig = new Rig();
  for (let second = 0; second < 70; second++) await rig.pass(1000);
  expect(rig.asked).toHaveLength(4);
});

it('leaves a busy store alone', async () => {
  const rig = new Rig();
  for (let half = 0; half < 20; half++) {
    rig.revision += 1n;
    await rig.pass(500);
  }
  expect(rig.asked).toEqual([]);
});

it('leaves an etcd alone that does not need it, and sees when that has changed', async () => {
  const rig = new Rig();
  rig.member = '3.5.17';
  for (let minute = 0; minute < 9; minute++) await rig.pass(60_000);
  expect(rig.asked).toEqual([]);

  rig.member = '3.4.34';
  await rig.pass(60_000);
  await rig.pass(60_000);
  expect(rig.asked).toHaveLength(2);
});

it('rests after a failure', async () => {
  const rig = new Rig();
  rig.isAway = true;
  await rig.pass(0);
  rig.isAway = false;
  await rig.pass(9999);
  expect(rig.asked).toEqual([]);

  await rig.pass(1);
  await rig.pass(2000);
  expect(rig.asked).toHaveLength(2);
});

it('gives up when it is closed, and leaves no timer behind', async () => {
  const rig = new Rig();
  await rig.pass(500);
  await rig.release.close();
  await rig.pass(5000);

  expect(rig.asked).toEqual([]);
  expect(rig.clock.pendingTimers).toBe(0);
});
