import { setImmediate as nextTurn } from 'node:timers/promises';

import type { KvWatchBatch } from '@service-center/backend-kv';
import { describe, expect, it, vi } from 'vitest';

import { KeyHistory } from '../keyspace/key-history.ts';
import type { StoredTransaction } from '../keyspace/stored-event.ts';
import { StoredRecord } from '../keyspace/stored-record.ts';
import { WatchHub } from './watch-hub.ts';

function transactionOf(revision: bigint, key: string): StoredTransaction {
  const record = new StoredRecord({
    rowId: 1,
    key,
    value: '',
    createRevision: revision,
    modRevision: revision,
    version: 1n,
    lease: 0n,
  });
  return { revision, events: [{ kind: 'put', record, previous: undefined }] };
}

/** A hub with a history, to which transactions are published as the store does. */
function createHub(): {
  readonly hub: WatchHub;
  readonly history: KeyHistory;
  readonly publish: (...transactions: StoredTransaction[]) => void;
} {
  const history = new KeyHistory(0n);
  const hub = new WatchHub(history, 0n);
  return {
    hub,
    history,
    publish: (...transactions) => {
      for (const transaction of transactions) history.append(transaction);
      hub.publish(transactions, 7);
    },
  };
}

function outline({ events, revision }: KvWatchBatch): string {
  const keys = events.map((event) => (event.kind === 'put' ? event.record.key : event.key));
  return `${keys.join('+')}@${revision}`;
}

describe('a watch', () => {
  it('that begins while another one is shown a batch sees each transaction once', () => {
    const { hub, publish } = createHub();
    const { signal } = new AbortController();
    const late: string[] = [];
    hub.watch({ prefix: '', afterRevision: 0n, signal }).subscribe(({ revision }) => {
      if (revision !== 2n) return;
      hub.watch({ prefix: '', afterRevision: 1n, signal }).subscribe((batch) => {
        late.push(outline(batch));
      });
    });
    publish(transactionOf(1n, 'a'));
    publish(transactionOf(2n, 'b'));
    publish(transactionOf(3n, 'c'));

    expect(late).toEqual(['b@2', 'c@3']);
  });

  it('that missed much is shown it in turns, and then what happened meanwhile', async () => {
    const { hub, publish } = createHub();
    const { signal } = new AbortController();
    for (let revision = 1n; revision <= 5000n; revision++) publish(transactionOf(revision, 'a'));
    const seen: bigint[] = [];
    let most = 0;
    hub.watch({ prefix: '', afterRevision: 0n, signal }).subscribe(({ events }) => {
      most = Math.max(most, events.length);
      for (const event of events) if (event.kind === 'put') seen.push(event.record.modRevision);
    });
    const atOnce = seen.length;
    publish(transactionOf(5001n, 'b'));
    await nextTurn();
    publish(transactionOf(5002n, 'c'));
    await vi.waitFor(() => expect(seen).toHaveLength(5002));
    publish(transactionOf(5003n, 'd'));

    expect(atOnce).toBeLessThanOrEqual(1000);
    expect(most).toBeLessThanOrEqual(1000);
    expect(seen).toEqual(Array.from({ length: 5003 }, (_, index) => BigInt(index + 1)));
  });

  it('that is overtaken by the end of the history is told so', async () => {
    const { hub, history, publish } = createHub();
    const { signal } = new AbortController();
    for (let revision = 1n; revision <= 5000n; revision++) publish(transactionOf(revision, 'a'));
    const error = Promise.withResolvers<unknown>();
    hub.watch({ prefix: '', afterRevision: 0n, signal }).subscribe({ error: error.resolve });
    history.compact(4000n);

    expect(await error.promise).toMatchObject({ reason: 'compacted' });
    expect(hub.size).toBe(0);
  });

  it('that is left in the middle of its replay is not shown more', () => {
    const { hub, publish } = createHub();
    publish(transactionOf(1n, 'a'));
    const leaving = new AbortController();
    const seen: string[] = [];
    hub.watch({ prefix: '', afterRevision: 0n, signal: leaving.signal }).subscribe((batch) => {
      seen.push(outline(batch));
      leaving.abort();
    });
    publish(transactionOf(2n, 'b'));

    expect(seen).toEqual(['a@1']);
    expect(hub.size).toBe(0);
  });

  it('is told when what happens became durable, and not of what happened before', () => {
    const { hub, publish } = createHub();
    const { signal } = new AbortController();
    publish(transactionOf(1n, 'a'));
    const seen: unknown[] = [];
    hub.watch({ prefix: '', afterRevision: 0n, signal }).subscribe(({ revision, committedMs }) => {
      seen.push([revision, committedMs]);
    });
    publish(transactionOf(2n, 'b'));

    expect(seen).toEqual([
      [1n, undefined],
      [2n, 7],
    ]);
  });

  it('moves on over changes of other keys', () => {
    const { hub, publish } = createHub();
    const { signal } = new AbortController();
    const seen: string[] = [];
    hub.watch({ prefix: 'a', afterRevision: 0n, signal }).subscribe((batch) => {
      seen.push(outline(batch));
    });
    publish(transactionOf(1n, 'b'), transactionOf(2n, 'a/1'));
    publish(transactionOf(3n, 'b'));

    expect(seen).toEqual(['a/1@2', '@3']);
  });

  it('ends when the hub is closed, and leaves nothing behind', () => {
    const { hub, publish } = createHub();
    const { signal } = new AbortController();
    const ends: string[] = [];
    const watch = hub.watch({ prefix: '', afterRevision: 0n, signal });
    watch.subscribe({ complete: () => ends.push('open one') });
    watch.subscribe().unsubscribe();
    expect(hub.size).toBe(1);
    for (let revision = 1n; revision <= 5000n; revision++) publish(transactionOf(revision, 'a'));
    watch.subscribe({ complete: () => ends.push('one that catches up') });
    expect(hub.size).toBe(2);
    hub.close();
    watch.subscribe({ complete: () => ends.push('late one') });

    expect(ends).toEqual(['open one', 'one that catches up', 'late one']);
    expect(hub.size).toBe(0);
  });
});
