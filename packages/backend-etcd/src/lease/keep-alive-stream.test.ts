import { ServiceCenterError } from '@service-center/sdcommon';
import { ManualClock } from '@service-center/sdcommon/testing';
import { expect, it } from 'vitest';

import type { KeepAliveAnswer } from '../codec/keep-alive-decoder.ts';
import type { RpcStream, StreamHandlers } from '../connection/rpc-stream.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { KeepAliveStream } from './keep-alive-stream.ts';

/** A stream whose server side is the test. */
class ScriptedStream implements RpcStream<bigint> {
  readonly requests: bigint[] = [];
  readonly handlers: StreamHandlers<KeepAliveAnswer>;
  isClosed = false;

  constructor(handlers: StreamHandlers<KeepAliveAnswer>) {
    this.handlers = handlers;
  }

  write(id: bigint): void {
    this.requests.push(id);
  }

  close(): void {
    this.isClosed = true;
  }

  answer(id: bigint, ttlSeconds: number): void {
    this.handlers.onResponse({ id, ttlSeconds });
  }

  break(): void {
    this.handlers.onEnd(new RpcError('unavailable', 'broken'));
  }
}

class Rig {
  readonly clock = new ManualClock();
  readonly streams: ScriptedStream[] = [];
  isAway = false;
  readonly keepAlive = new KeepAliveStream({
    open: async (handlers) => {
      if (this.isAway) throw new RpcError('unavailable', 'away');
      const stream = new ScriptedStream(handlers);
      this.streams.push(stream);
      return stream;
    },
    timeoutMs: 1000,
    clock: this.clock,
  });

  get stream(): ScriptedStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('no stream was opened');
    return stream;
  }

  /** Renews leases; what became of each is told in order. */
  renew(...ids: readonly bigint[]): Promise<PromiseSettledResult<number | undefined>[]> {
    return Promise.allSettled(ids.map((id) => this.keepAlive.renew(id)));
  }
}

const lost: unknown = expect.objectContaining({ status: 'rejected' });

it('sends all over one stream and matches the answers', async () => {
  const rig = new Rig();
  const renewing = rig.renew(1n, 2n, 9_223_372_036_854_775_807n);
  await rig.clock.advance(0);
  expect(rig.streams).toHaveLength(1);
  expect(rig.stream.requests).toEqual([1n, 2n, 9_223_372_036_854_775_807n]);
  rig.stream.answer(1n, 30);
  rig.stream.answer(2n, 0);
  rig.stream.answer(9_223_372_036_854_775_807n, 60);

  expect(await renewing).toMatchObject([{ value: 30 }, { value: undefined }, { value: 60 }]);
  expect(rig.clock.pendingTimers).toBe(0);
});

it('answers renewals of one lease in their order', async () => {
  const rig = new Rig();
  const renewing = rig.renew(1n, 1n);
  await rig.clock.advance(0);
  rig.stream.answer(1n, 30);
  rig.stream.answer(1n, 0);

  expect(await renewing).toMatchObject([{ value: 30 }, { value: undefined }]);
});

it('sends again over a new stream what a broken one did not answer', async () => {
  const rig = new Rig();
  const renewing = rig.renew(1n, 2n);
  await rig.clock.advance(0);
  rig.stream.answer(1n, 30);
  rig.stream.break();
  await rig.clock.advance(100);
  expect(rig.streams).toHaveLength(2);
  expect(rig.stream.requests).toEqual([2n]);
  rig.stream.answer(2n, 30);

  expect(await renewing).toMatchObject([{ value: 30 }, { value: 30 }]);
});

it('opens a new stream only when there is something to renew', async () => {
  const rig = new Rig();
  const renewing = rig.renew(1n);
  await rig.clock.advance(0);
  rig.stream.answer(1n, 30);
  await renewing;
  rig.stream.break();
  await rig.clock.advance(10_000);
  expect(rig.streams).toHaveLength(1);

  const again = rig.renew(1n);
  await rig.clock.advance(0);
  rig.stream.answer(1n, 30);
  expect(await again).toMatchObject([{ value: 30 }]);
});

it('fails at once when there is nobody to ask, and tries anew with the next', async () => {
  const rig = new Rig();
  rig.isAway = true;
  expect(await rig.renew(1n, 2n)).toEqual([lost, lost]);
  expect(rig.clock.pendingTimers).toBe(0);

  rig.isAway = false;
  const again = rig.renew(1n);
  await rig.clock.advance(0);
  rig.stream.answer(1n, 30);
  expect(await again).toMatchObject([{ value: 30 }]);
});

it('has a deadline for each, and leaves a stream that keeps silent', async () => {
  const rig = new Rig();
  const early = rig.renew(1n);
  await rig.clock.advance(600);
  const late = rig.renew(2n);
  await rig.clock.advance(400);
  expect(await early).toMatchObject([{ reason: { failure: 'timedOut' } }]);
  expect(rig.streams[0]?.isClosed).toBe(true);
  await rig.clock.advance(100);
  expect(rig.stream.requests).toEqual([2n]);
  rig.stream.answer(2n, 30);

  expect(await late).toMatchObject([{ value: 30 }]);
  expect(rig.clock.pendingTimers).toBe(0);
});

it('does not mistake a late answer for that of a younger renewal', async () => {
  const rig = new Rig();
  const early = rig.renew(1n);
  await rig.clock.advance(1000);
  await early;
  const late = rig.renew(1n);
  await rig.clock.advance(100);
  rig.stream.answer(1n, 0);

  expect(rig.streams).toHaveLength(2);
  expect(await late).toMatchObject([{ value: undefined }]);
});

it('refuses when it is closed, fails what waits, and leaves nothing behind', async () => {
  const rig = new Rig();
  const renewing = rig.renew(1n);
  await rig.clock.advance(0);
  await rig.keepAlive.close();

  const [waited] = await renewing;
  const [refused] = await rig.renew(2n);
  for (const outcome of [waited, refused]) {
    const reason: unknown = outcome?.status === 'rejected' && outcome.reason;
    expect(ServiceCenterError.is(reason, 'unavailableBackend')).toBe(true);
  }
  expect(rig.stream.isClosed).toBe(true);
  expect(rig.clock.pendingTimers).toBe(0);
});
