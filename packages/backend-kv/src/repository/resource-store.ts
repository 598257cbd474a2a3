import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  ServiceCenterError,
  type Logger,
  type Resource,
  type ResourceIdentities,
  type ResourceType,
  type UnreadableChange,
  type Written,
} from '@service-center/sdcommon';

import type { RecordDecoder } from '../feed/record-decoder.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvStore } from '../store/kv-store.ts';
import { readRange } from '../store/read-range.ts';
import { chunksOf, maxTransactionOperations } from '../store/transaction-limit.ts';

/** A thousand records take about 8 ms to decode; then others get their turn. */
const recordsPerTurn = 1000;

/** What a {@link ResourceStore} is made of. */
export interface ResourceStoreOptions {
  readonly store: KvStore;
  readonly decoder: RecordDecoder;
  readonly logger: Logger;
}

/** All resources of one type under a prefix, as of one revision. */
export interface ResourceRange<T extends ResourceType> {
  readonly revision: bigint;
  readonly resources: readonly Resource<T>[];
  readonly unreadable: readonly UnreadableChange<T>[];
}

/** A {@link KvStore} seen as resources: what the repositories share. */
export class ResourceStore {
  readonly kv: KvStore;
  readonly #decoder: RecordDecoder;
  readonly #logger: Logger;

  constructor({ store, decoder, logger }: ResourceStoreOptions) {
    this.kv = store;
    this.#decoder = decoder;
    this.#logger = logger;
  }

  /** A write at, or a record of, a revision. */
  written(revision: bigint): Written {
    return { position: { order: revision, epoch: this.kv.epoch, resume: '' } };
  }

  /** Reads one resource. @throws ServiceCenterError `internal` when it is stored but cannot be read */
  async get<T extends ResourceType>(
    type: T,
    identity: ResourceIdentities[T],
  ): Promise<Resource<T> | undefined> {
    return this.decode(type, await this.kv.get(keyLayouts[type].build(identity)));
  }

  /** The resource in a record. @throws ServiceCenterError `internal` when it cannot be read */
  decode<T extends ResourceType>(type: T, record: KvRecord | undefined): Resource<T> | undefined {
    if (record === undefined) return undefined;
    const decoded = this.#decoder.decode(type, record);
    if (decoded.action === 'put') return decoded.resource;
    throw new ServiceCenterError(
      'internal',
      `the stored record ${record.key} cannot be read: ${decoded.reason}`,
    );
  }

  /** The resource in a record; undefined, with a line in the log, when it cannot be read. */
  tryDecode<T extends ResourceType>(
    type: T,
    record: KvRecord | undefined,
  ): Resource<T> | undefined {
    if (record === undefined) return undefined;
    const decoded = this.#decoder.decode(type, record);
    if (decoded.action === 'put') return decoded.resource;
    this.#warn(decoded);
    return undefined;
  }

  /** Reads all resources of a type under a prefix, in ascending order of keys. */
  async range<T extends ResourceType>(
    type: T,
    prefix: string,
    atRevision?: bigint,
  ): Promise<ResourceRange<T>> {
    let revision = atRevision;
    const resources: Resource<T>[] = [];
    const unreadable: UnreadableChange<T>[] = [];
    for await (const page of readRange(this.kv, { prefix, atRevision: revision })) {
      revision = page.revision;
      for (const [index, record] of page.records.entries()) {
        if (index > 0 && index % recordsPerTurn === 0) await nextTurn();
        const decoded = this.#decoder.decode(type, record);
        if (decoded.action === 'put') resources.push(decoded.resource);
        else unreadable.push(decoded);
      }
    }
    return { revision: revision ?? (await this.kv.currentRevision()), resources, unreadable };
  }

  /** Reads the readable resources of a type under a prefix; the others show in the log. */
  async list<T extends ResourceType>(type: T, prefix: string): Promise<readonly Resource<T>[]> {
    const { resources, unreadable } = await this.range(type, prefix);
    for (const item of unreadable) this.#warn(item);
    return resources;
  }

  /** Reads the records under a prefix as of one revision. */
  async records(prefix: string): Promise<readonly KvRecord[]> {
    const records: KvRecord[] = [];
    for await (const page of readRange(this.kv, { prefix })) records.push(...page.records);
    return records;
  }

  /**
   * Reads keys with as few requests as there can be, in the given order. What one request reads, up to 128 keys, is of
   * one revision.
   */
  async getAll(keys: readonly string[]): Promise<readonly (KvRecord | undefined)[]> {
    const found: (KvRecord | undefined)[] = [];
    for (const chunk of chunksOf(keys, maxTransactionOperations)) {
      const { gets } = await this.kv.commit({
        compares: [],
        success: chunk.map((key) => ({ kind: 'get', key })),
      });
      found.push(...gets);
    }
    return found;
  }

  #warn({ type, key, reason }: UnreadableChange<ResourceType>): void {
    this.#logger.warn({ type, key, reason }, 'a stored record cannot be read');
  }
}
