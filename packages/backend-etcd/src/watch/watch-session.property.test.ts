import type { KvWatchBatch } from '@service-center/backend-kv';
import fc from 'fast-check';
import type { IEvent } from 'etcd3';
import { expect, it } from 'vitest';

import { wholeKeySpace, type KeyRange } from '../codec/key-range.ts';
import { DeletionCauses } from './deletion-causes.ts';
import { WatchSession } from './watch-session.ts';
import type { ServerWatch, ServerWatchOptions } from './watch-stream.ts';

/** A watch at a server that sends whole revisions, as many at once as it likes, when it likes. */
class ScriptedWatch {
  readonly options: ServerWatchOptions;
  isCancelled = false;
  #sent = 0;
  readonly #history: readonly (readonly IEvent[])[];

  constructor(options: ServerWatchOptions, history: readonly (readonly IEvent[])[]) {
    this.options = options;
    this.#history = history.filter((events) => {
      const revision = BigInt(events[0]?.kv.mod_revision ?? '0');
      return revision >= options.startRevision && events.some((event) => holds(options, event));
    });
  }

  get hasMore(): boolean {
    return !this.isCancelled && this.#sent < this.#history.length;
  }

  send(revisions: number): void {
    if (!this.hasMore) return;
    const batch = this.#history.slice(this.#sent, this.#sent + revisions);
    this.#sent += revisions;
    this.options.onEvents(batch.flat().filter((event) => holds(this.options, event)));
  }
}

function holds({ range }: { readonly range: KeyRange }, { kv }: IEvent): boolean {
  return range === wholeKeySpace || kv.key.toString().startsWith('in/');
}

function eventOf(key: string, revision: number): IEvent {
  const kv = {
    key: Buffer.from(key),
    value: Buffer.from(''),
    create_revision: String(revision),
    mod_revision: String(revision),
    version: '1',
    lease: '0',
  };
  return { type: 'Put', kv, prev_kv: kv };
}

const firstRevision = 10;

/** For each revision the keys that it puts; some are of the prefix. */
const histories = fc.array(
  fc.uniqueArray(fc.constantFrom('in/a', 'in/b', 'out/a', 'out/b'), { minLength: 1 }),
  { minLength: 1, maxLength: 30 },
);

it('shows every change once and in order, whichever watch is ahead, and reaches the end', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.record({ isCatchUp: fc.boolean(), revisions: fc.integer({ min: 1, max: 5 }) })),
      fc.nat({ max: 30 }),
      (keys, deliveries, askedAfter) => {
        const history = keys.map((names, index) =>
          names.map((name) => eventOf(name, firstRevision + index)),
        );
        const end = BigInt(firstRevision + history.length - 1);
        const watches: ScriptedWatch[] = [];
        const shown: KvWatchBatch[] = [];
        const session = new WatchSession({
          prefix: 'in/',
          afterRevision: BigInt(firstRevision - 1),
          stream: {
            watch: (options): ServerWatch => {
              const watch = new ScriptedWatch(options, history);
              watches.push(watch);
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
              shown.push(batch);
            },
            error: (error) => {
              throw error;
            },
          },
          onCatchUpRefused: () => undefined,
        });
        session.start('kept');
        for (const [index, { isCatchUp, revisions }] of deliveries.entries()) {
          if (index === askedAfter) session.reach(end);
          (isCatchUp ? watches.at(-1) : watches[0])?.send(revisions);
        }
        session.reach(end);
        while (watches.some(({ hasMore }) => hasMore)) for (const watch of watches) watch.send(2);

        const changes = shown.flatMap(({ events }) => events);
        const expected = history.flat().filter(({ kv }) => kv.key.toString().startsWith('in/'));
        expect(
          changes.map((change) =>
            change.kind === 'put' ? [change.record.key, String(change.record.modRevision)] : [],
          ),
        ).toEqual(expected.map(({ kv }) => [kv.key.toString(), kv.mod_revision]));
        const revisions = shown.map(({ revision }) => revision);
        expect(revisions).toEqual(
          [...new Set(revisions)].toSorted((left, right) => Number(left - right)),
        );
        expect(session.reached).toBe(end);
        expect(watches.slice(1).every(({ isCancelled }) => isCancelled)).toBe(true);
      },
    ),
  );
});
