import type { KvRecord, RangeOptions, RangeResult } from '@service-center/backend-kv';
import { WatchError, type Logger } from '@service-center/sdcommon';
import type { IRangeResponse } from 'etcd3';

import { prefixRange, rangeAfter, type KeyRange } from '../codec/key-range.ts';
import { decodeKeyValue } from '../codec/key-value.ts';
import { probeKey } from '../connection/etcd-connection.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { PositionState } from '../watch/watch-session.ts';
import type { LinearizableCalls } from './linearizable-calls.ts';

/** The page of a range when the caller gives no limit (spec 02 §1.10). */
const defaultPageSize = 4096;

/** Reads records, now and as they were. */
export class RecordReader {
  readonly #calls: LinearizableCalls;
  readonly #logger: Logger;
  #hasToldOfUnreadableKey = false;

  constructor(options: { readonly calls: LinearizableCalls; readonly logger: Logger }) {
    this.#calls = options.calls;
    this.#logger = options.logger;
  }

  /** Reads one key. @throws RpcError */
  async get(key: string): Promise<KvRecord | undefined> {
    const { kvs } = await this.#calls.read({ key: Buffer.from(key) });
    return kvs[0] === undefined ? undefined : decodeKeyValue(kvs[0]);
  }

  /** Reads a page. @throws RpcError; WatchError when the revision is not there; the signal's reason */
  async range(options: RangeOptions): Promise<RangeResult> {
    options.signal?.throwIfAborted();
    const { prefix, afterKey, limit = defaultPageSize, signal } = options;
    const whole = prefixRange(prefix);
    let range = afterKey === undefined ? whole : rangeAfter(whole, Buffer.from(afterKey));
    let { atRevision } = options;
    for (;;) {
      const page = await this.#page(range, limit, atRevision, signal);
      atRevision ??= BigInt(page.header.revision);
      const records = this.#decode(page);
      const last = page.kvs.at(-1);
      // A page of nothing but unreadable keys has no last key that the caller could go on after.
      if (records.length === 0 && page.more && last !== undefined) {
        range = rangeAfter(whole, last.key);
        continue;
      }
      return { records, hasMore: page.more, revision: atRevision };
    }
  }

  /** Finds out whether the changes after a revision are kept. @throws RpcError; WatchError when it was never reached */
  async positionState(revision: bigint, signal: AbortSignal): Promise<PositionState> {
    try {
      const request = { key: probeKey, keys_only: true, revision: String(revision) };
      await this.#calls.read(request, signal);
      return 'kept';
    } catch (error) {
      if (!RpcError.is(error, 'outOfRange')) throw error;
      const lost = await this.#positionError(revision, error, signal);
      if (lost.reason === 'compacted') return 'compacted';
      throw lost;
    }
  }

  async #page(
    range: KeyRange,
    limit: number,
    atRevision: bigint | undefined,
    signal: AbortSignal | undefined,
  ): Promise<IRangeResponse> {
    // To etcd, 0 means now.
    if (atRevision !== undefined && atRevision < 1n) {
      throw new WatchError('compacted', 'history begins at revision 1');
    }
    const request = { ...range, limit: String(limit), revision: String(atRevision ?? 0n) };
    try {
      return await this.#calls.read(request, signal);
    } catch (error) {
      if (!RpcError.is(error, 'outOfRange') || atRevision === undefined) throw error;
      throw await this.#positionError(atRevision, error, signal);
    }
  }

  /** Which of the two errors etcd means by "out of range". */
  async #positionError(
    revision: bigint,
    cause: RpcError,
    signal: AbortSignal | undefined,
  ): Promise<WatchError> {
    const current = await this.#calls.currentRevision(signal);
    return revision > current
      ? new WatchError('invalidPosition', `the store is at revision ${current}`, { cause })
      : new WatchError('compacted', `revision ${revision} is compacted`, { cause });
  }

  #decode({ kvs }: IRangeResponse): readonly KvRecord[] {
    const records: KvRecord[] = [];
    for (const stored of kvs) {
      const record = decodeKeyValue(stored);
      if (record === undefined) this.#tellOfUnreadableKey(stored.key);
      else records.push(record);
    }
    return records;
  }

  #tellOfUnreadableKey(key: Buffer): void {
    if (this.#hasToldOfUnreadableKey) return;
    this.#hasToldOfUnreadableKey = true;
    this.#logger.warn({ key: key.toString('hex') }, 'etcd: keys that are not UTF-8 are skipped');
  }
}
