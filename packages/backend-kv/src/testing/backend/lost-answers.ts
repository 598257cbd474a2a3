import { ServiceCenterError } from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import type {
  KvStore,
  KvTransaction,
  KvTransactionResult,
  KvWatchBatch,
  LeaseGrant,
  RangeOptions,
  RangeResult,
} from '../../store/index.ts';

/**
 * A store behind a connection that breaks: it writes a transaction and its answer is lost, and revocations are on their
 * way until they are delivered. Everything else gets through.
 */
export class LostAnswers implements KvStore {
  readonly #store: KvStore;
  #revocations: bigint[] = [];

  constructor(store: KvStore) {
    this.#store = store;
  }

  get epoch(): string {
    return this.#store.epoch;
  }

  get health$(): KvStore['health$'] {
    return this.#store.health$;
  }

  async commit(transaction: KvTransaction): Promise<KvTransactionResult> {
    const result = await this.#store.commit(transaction);
    if (transaction.success.some(({ kind }) => kind === 'put')) throw lost();
    return result;
  }

  async revokeLease(id: bigint): Promise<bigint | undefined> {
    this.#revocations.push(id);
    throw lost();
  }

  /** Lets the revocations arrive that are on their way. */
  async deliver(): Promise<void> {
    const ids = this.#revocations;
    this.#revocations = [];
    for (const id of ids) await this.#store.revokeLease(id);
  }

  range(options: RangeOptions): Promise<RangeResult> {
    return this.#store.range(options);
  }

  get(key: string): ReturnType<KvStore['get']> {
    return this.#store.get(key);
  }

  grantLease(ttlSeconds: number): Promise<LeaseGrant> {
    return this.#store.grantLease(ttlSeconds);
  }

  renewLease(id: bigint): Promise<number | undefined> {
    return this.#store.renewLease(id);
  }

  watch(options: Parameters<KvStore['watch']>[0]): Observable<KvWatchBatch> {
    return this.#store.watch(options);
  }

  currentRevision(signal?: AbortSignal): Promise<bigint> {
    return this.#store.currentRevision(signal);
  }

  compact(revision: bigint): Promise<void> {
    return this.#store.compact(revision);
  }

  /** The store is its owner's to close. */
  async close(): Promise<void> {
    await this.deliver();
  }
}

function lost(): ServiceCenterError {
  return new ServiceCenterError('unavailableBackend', 'the answer is lost');
}
