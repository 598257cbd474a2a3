import type { WatchError } from '@service-center/sdcommon';
import type { IEvent, IWatchRequest, IWatchResponse } from 'etcd3';
import { expect, it } from 'vitest';

import { prefixRange } from '../codec/key-range.ts';
import type { StreamHandlers } from '../connection/rpc-stream.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { WatchStream, type ServerWatch } from './watch-stream.ts';

function event(revision: number): IEvent {
  const kv = {
    key: Buffer.from('k'),
    value: Buffer.from(String(revision)),
    create_revision: '1',
    mod_revision: String(revision),
    version: String(revision),
    lease: '0',
  };
  return { type: 'Put', kv, prev_kv: kv };
}

function response(watchId: string, given: Partial<IWatchResponse>): IWatchResponse {
  return {
    header: { cluster_id: '1', member_id: '1', revision: '0', raft_term: '1' },
    watch_id: watchId,
    created: false,
    canceled: false,
    compact_revision: '0',
    cancel_reason: '',
    fragment: false,
    events: [],
    ...given,
  };
}

class Rig {
  readonly requests: IWatchRequest[] = [];
  readonly told: string[] = [];
  readonly errors: WatchError[] = [];
  handlers: StreamHandlers<IWatchResponse> | undefined;
  opened = 0;
  isAway = false;
  readonly stream = new WatchStream({
    open: async (handlers) => {
      if (this.isAway) throw new RpcError('unavailable', 'away');
      this.opened++;
      this.handlers = handlers;
      return {
        write: (request) => {
          this.requests.push(request);
        },
        close: () => undefined,
      };
    },
  });

  async watch(name: string, startRevision = 5n): Promise<ServerWatch> {
    const watch = this.stream.watch({
      range: prefixRange(name),
      startRevision,
      onEvents: (events) => {
        this.told.push(`${name} ${events.map(({ kv }) => kv.mod_revision).join(' ')}`);
      },
      onProgress: (revision) => {
        this.told.push(`${name} progress ${revision}`);
      },
      onEnd: (error) => {
        this.told.push(`${name} ${error.reason}`);
        this.errors.push(error);
      },
    });
    await Promise.resolve();
    return watch;
  }

  hear(watchId: string, given: Partial<IWatchResponse>): void {
    this.handlers?.onResponse(response(watchId, given));
  }
}

it('asks for everything that a reader needs, over one stream', async () => {
  const rig = new Rig();
  await rig.watch('a', 9_007_199_254_740_993n);
  await rig.watch('b');

  expect(rig.opened).toBe(1);
  expect(rig.requests).toMatchObject([
    {
      create_request: {
        watch_id: '1',
        start_revision: '9007199254740993',
        prev_kv: true,
        fragment: true,
        progress_notify: true,
      },
    },
    { create_request: { watch_id: '2', start_revision: '5' } },
  ]);
});

it('tells each watch what is meant for it', async () => {
  const rig = new Rig();
  await rig.watch('a');
  await rig.watch('b');
  rig.hear('1', { created: true });
  rig.hear('2', { events: [event(7)] });
  rig.hear('1', { events: [event(8), event(8)] });
  rig.hear('1', { header: { cluster_id: '1', member_id: '1', revision: '20', raft_term: '1' } });
  rig.hear('9', { events: [event(9)] });

  expect(rig.told).toEqual(['b 7', 'a 8 8', 'a progress 20']);
});

it('puts together what comes in parts', async () => {
  const rig = new Rig();
  await rig.watch('a');
  await rig.watch('b');
  rig.hear('1', { events: [event(7), event(7)], fragment: true });
  rig.hear('2', { events: [event(6)] });
  rig.hear('1', { events: [event(7)], fragment: true });
  rig.hear('1', { events: [event(7), event(8)] });
  rig.hear('1', { events: [event(9)] });

  expect(rig.told).toEqual(['b 6', 'a 7 7 7 7 8', 'a 9']);
});

it('tells of a compaction with its revision, and of other ends as such', async () => {
  const rig = new Rig();
  await rig.watch('a');
  await rig.watch('b');
  rig.hear('1', { canceled: true, compact_revision: '9007199254740993' });
  rig.hear('2', { canceled: true, cancel_reason: 'shutting down' });

  expect(rig.told).toEqual(['a compacted', 'b transport']);
  expect(rig.errors[0]?.message).toContain('9007199254740993');
  expect(rig.errors[1]?.message).toContain('shutting down');
  expect(rig.stream.size).toBe(0);
});

it('ends what is not created when a refusal comes without an id', async () => {
  const rig = new Rig();
  await rig.watch('a');
  rig.hear('1', { created: true });
  await rig.watch('b');
  rig.hear('-1', { created: true, canceled: true, cancel_reason: 'permission denied' });

  expect(rig.told).toEqual(['b transport']);
});

it('ends all watches when the stream breaks, and opens another for the next', async () => {
  const rig = new Rig();
  await rig.watch('a');
  await rig.watch('b');
  rig.handlers?.onEnd(new RpcError('unavailable', 'broken'));
  expect(rig.told).toEqual(['a transport', 'b transport']);
  await rig.watch('c');

  expect(rig.opened).toBe(2);
  expect(rig.requests.at(-1)).toMatchObject({ create_request: { watch_id: '3' } });
});

it('ends a watch that nobody can be asked for', async () => {
  const rig = new Rig();
  rig.isAway = true;
  await rig.watch('a');

  await expect.poll(() => rig.told).toEqual(['a transport']);
});

it('cancels at the server, and hears no more', async () => {
  const rig = new Rig();
  const watch = await rig.watch('a');
  watch.cancel();
  watch.cancel();
  rig.hear('1', { events: [event(7)] });

  expect(rig.requests.slice(1)).toEqual([{ cancel_request: { watch_id: '1' } }]);
  expect(rig.told).toEqual([]);
});
