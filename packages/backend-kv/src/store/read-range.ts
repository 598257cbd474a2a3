import { setImmediate as nextTurn } from 'node:timers/promises';

import type { KvStore, RangeResult } from './kv-store.ts';

/** What to read page by page. */
export interface ReadRangeOptions {
  readonly prefix: string;
  /** Default: the revision at which the first page is read. */
  readonly atRevision?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads all keys of a prefix in pages that fit together, with a turn for others after each: a store in memory answers at
 * once, so a long list would block the event loop.
 *
 * @yields at least one page, which may be empty
 */
export async function* readRange(
  store: KvStore,
  { prefix, atRevision, signal }: ReadRangeOptions,
): AsyncGenerator<RangeResult, void, undefined> {
  let revision = atRevision;
  let afterKey: string | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const page = await store.range({
      prefix,
      ...(afterKey === undefined ? {} : { afterKey }),
      ...(revision === undefined ? {} : { atRevision: revision }),
      ...(signal === undefined ? {} : { signal }),
    });
    yield page;
    afterKey = page.records.at(-1)?.key;
    if (!page.hasMore || afterKey === undefined) return;
    await nextTurn();
    revision = page.revision;
  }
}
