import type {
  KvRecord,
  KvStore,
  KvTransaction,
  KvTransactionResult,
  KvWatchBatch,
  LeaseGrant,
  RangeOptions,
  RangeResult,
} from '@service-center/backend-kv';
import {
  noStoreOperationObserver,
  ServiceCenterError,
  WatchError,
  type BackendHealth,
  type Clock,
  type StoreOperation,
  type StoreOperationObserver,
} from '@service-center/sdcommon';
import type { IWatchRequest, IWatchResponse } from 'etcd3';
import type { Observable } from 'rxjs';

import type { KeepAliveAnswer } from './codec/keep-alive-decoder.ts';
import { EtcdConnection, probeKey } from './connection/etcd-connection.ts';
import type { BeginStream } from './connection/endpoint.ts';
import type { EtcdStoreOptions } from './etcd-store-options.ts';
import { KeepAliveStream } from './lease/keep-alive-stream.ts';
import { ReadBufferRelease, type ReadBufferCalls } from './lease/read-buffer-release.ts';
import { LinearizableCalls } from './read/linearizable-calls.ts';
import { RecordReader } from './read/record-reader.ts';
import { StoreHistory, type AnswerHeader } from './read/store-history.ts';
import { RpcError } from './rpc/rpc-error.ts';
import { GroupCommit } from './transaction/group-commit.ts';
import { DeletionCauses } from './watch/deletion-causes.ts';
import { WatchHub } from './watch/watch-hub.ts';
import type { PositionState } from './watch/watch-session.ts';
import { WatchStream } from './watch/watch-stream.ts';

/**
 * A key-value store for any number of servers, on an etcd cluster of version 3.4 or later.
 *
 * All reads need the consent of the cluster, so each sees every write that was answered before it began. A write whose
 * answer was lost is not repeated: the caller is told `unavailableBackend`, and may find it written.
 */
export class EtcdKvStore implements KvStore, AsyncDisposable {
  readonly health$: Observable<BackendHealth>;
  readonly #connection: EtcdConnection;
  readonly #history: StoreHistory;
  readonly #calls: LinearizableCalls;
  readonly #reader: RecordReader;
  readonly #transactions: GroupCommit;
  readonly #clock: Clock;
  readonly #observer: StoreOperationObserver;
  readonly #causes = new DeletionCauses();
  readonly #keepAlive: KeepAliveStream;
  readonly #readBuffer: ReadBufferRelease;
  readonly #watchStream: WatchStream;
  readonly #hub: WatchHub;
  #closed: Promise<void> | undefined;

  private constructor(options: EtcdStoreOptions, connection: EtcdConnection, header: AnswerHeader) {
    const { clock, logger } = options;
    this.#connection = connection;
    this.health$ = connection.health$;
    this.#clock = clock;
    this.#observer = options.observer ?? noStoreOperationObserver;
    this.#history = new StoreHistory({
      header,
      logger,
      onReplaced: () => {
        const replaced = 'the store was replaced or restored to an older state';
        this.#hub.endAll(new WatchError('invalidPosition', replaced));
      },
    });
    this.#calls = new LinearizableCalls({ connection, history: this.#history });
    this.#reader = new RecordReader({ calls: this.#calls, logger });
    this.#transactions = new GroupCommit({
      transact: (request, call) => this.#calls.call(connection.methods.transact, request, call),
      causes: this.#causes,
    });
    this.#keepAlive = new KeepAliveStream({
      open: (handlers, signal) => connection.open(openKeepAlive, handlers, signal),
      timeoutMs: connection.requestTimeoutMs,
      clock,
    });
    const calls = readBufferCalls(connection, this.#calls);
    this.#readBuffer = new ReadBufferRelease({ calls, clock, logger });
    const openWatch: BeginStream<IWatchRequest, IWatchResponse> = (endpoint, metadata, told) =>
      endpoint.open(connection.methods.watch, metadata, told);
    this.#watchStream = new WatchStream({
      open: (handlers, signal) => connection.open(openWatch, handlers, signal),
    });
    this.#hub = new WatchHub({
      stream: this.#watchStream,
      causes: this.#causes,
      positionState: (revision, signal) => this.#positionState(revision, signal),
      clock,
      logger,
    });
  }

  /**
   * Connects to a cluster.
   *
   * @throws RangeError when the endpoints are malformed; ServiceCenterError `unavailableBackend` when none of them
   *   serves, or the cluster does not take the user
   */
  static async open(options: EtcdStoreOptions): Promise<EtcdKvStore> {
    const connection = new EtcdConnection(options);
    try {
      connection.start();
      const { range } = connection.methods;
      const request = { key: probeKey, keys_only: true };
      const { header } = await connection.call(range, request, {
        isRepeatable: true,
        signal: options.signal,
      });
      connection.measure(options.metrics);
      connection.followMembers();
      return new EtcdKvStore(options, connection, header);
    } catch (error) {
      await connection.close();
      throw unavailable(error);
    }
  }

  get epoch(): string {
    return this.#history.epoch;
  }

  range(options: RangeOptions): Promise<RangeResult> {
    return this.#observe('GET', () => this.#reader.range(options));
  }

  get(key: string): Promise<KvRecord | undefined> {
    return this.#observe('GET', () => this.#reader.get(key));
  }

  commit(transaction: KvTransaction): Promise<KvTransactionResult> {
    return this.#observe('TXN', () => this.#transactions.commit(transaction));
  }

  grantLease(ttlSeconds: number): Promise<LeaseGrant> {
    return this.#observe('LEASE_GRANT', async () => {
      if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
        throw new RangeError(`a lease lives a positive whole number of seconds, not ${ttlSeconds}`);
      }
      const { grantLease } = this.#connection.methods;
      // Should the first one have been granted as well, it ends unused.
      const options = { isRepeatable: true };
      const { ID, TTL } = await this.#connection.call(grantLease, { TTL: ttlSeconds }, options);
      return { id: BigInt(ID), ttlSeconds: Number(TTL) };
    });
  }

  renewLease(id: bigint): Promise<number | undefined> {
    this.#readBuffer.onRenewal();
    return this.#observe('LEASE_RENEW', () => this.#keepAlive.renew(id));
  }

  revokeLease(id: bigint): Promise<bigint | undefined> {
    return this.#observe('LEASE_REVOKE', async () => {
      const { revokeLease } = this.#connection.methods;
      this.#causes.revoking(id);
      try {
        const request = { ID: String(id) };
        const { header } = await this.#connection.call(revokeLease, request, {
          isRepeatable: false,
        });
        return BigInt(header.revision);
      } catch (error) {
        if (!RpcError.is(error, 'notFound')) throw error;
        this.#causes.notRevoked(id);
        return undefined;
      }
    });
  }

  watch(options: {
    readonly prefix: string;
    readonly afterRevision: bigint;
    readonly signal: AbortSignal;
  }): Observable<KvWatchBatch> {
    return this.#hub.watch(options);
  }

  currentRevision(signal?: AbortSignal): Promise<bigint> {
    return this.#observe('GET', async () => {
      const revision = await this.#calls.currentRevision(signal);
      this.#hub.reach(revision);
      return revision;
    });
  }

  compact(revision: bigint): Promise<void> {
    return this.#observe('COMPACT', async () => {
      const request = { revision: String(revision), physical: true };
      try {
        await this.#connection.call(this.#connection.methods.compact, request, {
          isRepeatable: false,
        });
      } catch (error) {
        if (!RpcError.is(error, 'outOfRange')) throw error;
        const current = await this.#calls.currentRevision();
        // Otherwise somebody else has compacted as far already.
        if (revision > current) {
          throw new WatchError('invalidPosition', `the store is at revision ${current}`);
        }
      }
    });
  }

  /** Ends watches and everything under way, and lets go of the cluster. Harmless when called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#hub.close();
    this.#transactions.close();
    await Promise.all([
      this.#watchStream.close(),
      this.#keepAlive.close(),
      this.#readBuffer.close(),
      // Last, but at once: the others may wait for something of it.
      this.#connection.close(),
    ]);
  }

  /** Finds out whether the changes after a revision can be watched. @throws RpcError; WatchError */
  async #positionState(revision: bigint, signal: AbortSignal): Promise<PositionState> {
    const { epoch } = this;
    const state = await this.#reader.positionState(revision, signal);
    if (this.epoch === epoch) return state;
    throw new WatchError('invalidPosition', 'the store was replaced or restored');
  }

  async #observe<T>(operation: StoreOperation, action: () => Promise<T>): Promise<T> {
    const startMs = this.#clock.monotonicMs();
    let success = false;
    try {
      if (this.#closed !== undefined) {
        throw new ServiceCenterError('unavailableBackend', 'the etcd store is closed');
      }
      const result = await action();
      success = true;
      return result;
    } catch (error) {
      throw unavailable(error);
    } finally {
      this.#observer.observe(operation, success, (this.#clock.monotonicMs() - startMs) * 1000);
    }
  }
}

const openKeepAlive: BeginStream<bigint, KeepAliveAnswer> = (endpoint, metadata, handlers) =>
  endpoint.openKeepAlive(metadata, handlers);

/** None of them is a caller's operation on the store, so none is observed as one. */
function readBufferCalls(connection: EtcdConnection, calls: LinearizableCalls): ReadBufferCalls {
  const { status, grantLease, revokeLease } = connection.methods;
  return {
    version: async (signal) => {
      const { version } = await connection.call(status, {}, { isRepeatable: true, signal });
      return version;
    },
    currentRevision: (signal) => calls.currentRevision(signal),
    grantLease: async (ttlSeconds, signal) => {
      const request = { TTL: ttlSeconds };
      const { ID } = await connection.call(grantLease, request, { isRepeatable: true, signal });
      return BigInt(ID);
    },
    revokeLease: async (id, signal) => {
      const request = { ID: String(id) };
      await connection.call(revokeLease, request, { isRepeatable: false, signal });
    },
  };
}

/** What the callers of the store are told of a failed call. */
function unavailable(error: unknown): unknown {
  return RpcError.is(error)
    ? new ServiceCenterError('unavailableBackend', error.message, { cause: error })
    : error;
}
