import type { KvWatchBatch } from '@service-center/backend-kv';
import { expect, it } from 'vitest';

import { DeletionCauses } from './deletion-causes.ts';
import type { WatchEvent } from './watch-event.ts';
import { WatchSession } from './watch-session.ts';
import type { ServerWatchOptions } from './watch-stream.ts';

/** A session whose server side is the test. */
class Rig {
  readonly watches: (ServerWatchOptions & { isCancelled?: boolean })[] = [];
  readonly shown: KvWatchBatch[] = [];
  readonly session = new WatchSession({
    prefix: 'in/',
    afterRevision: 6n,
    stream: {
      watch: (options) => {
        const watch = { ...options, isCancelled: false };
        this.watches.push(watch);
        return {
          cancel: () => {
            watch.isCancelled = true;
          },
        };
      },
    },
    causes: new DeletionCauses(),
    subscriber: {
      next: (batch) => {
        this.shown.push(batch);
      },
      error: (error) => {
        throw error;
      },
    },
    onCatchUpRefused: () => undefined,
  });

  send(event: WatchEvent): void {
    this.watches.at(-1)?.onEvents([event]);
  }

  get previous(): readonly unknown[] {
    return this.shown.flatMap(({ events }) => events.map((event) => event.previous?.value));
  }
}

/** The event of a second put; without the record before when etcd was too quick. */
function secondPut(key: string, hasPrevious: boolean): WatchEvent {
  const kv = { key: Buffer.from(key), create_revision: '5', version: '2', lease: '0' };
  const before = { ...kv, value: Buffer.from('before'), mod_revision: '5', version: '1' };
  const now = { ...kv, value: Buffer.from(''), mod_revision: '7' };
  return { type: 'Put', kv: now, prev_kv: hasPrevious ? before : null };
}

it.each(['watch', 'catch-up'] as const)(
  'asks again for events that came without the record before (%s)',
  (which) => {
    const rig = new Rig();
    rig.session.start('kept');
    if (which === 'catch-up') rig.session.reach(7n);
    const count = rig.watches.length;
    rig.send(secondPut('in/a', false));
    expect(rig.shown).toEqual([]);
    expect(rig.watches[count - 1]?.isCancelled).toBe(true);
    expect(rig.watches[count]?.startRevision).toBe(7n);
    rig.send(secondPut('in/a', true));

    expect(rig.previous).toEqual(['before']);
    expect(rig.session.reached).toBe(7n);
  },
);

it('does without the record before when etcd does not have it any more', () => {
  const rig = new Rig();
  rig.session.start('kept');
  for (let time = 0; time < 4; time++) rig.send(secondPut('in/a', false));

  expect(rig.watches).toHaveLength(4);
  expect(rig.previous).toEqual([undefined]);
});

it('does not ask again for keys of others', () => {
  const rig = new Rig();
  rig.session.start('kept');
  rig.session.reach(7n);
  rig.send(secondPut('out/a', false));

  expect(rig.watches).toHaveLength(2);
  expect(rig.session.reached).toBe(7n);
});
