import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  WatchError,
  type Change,
  type DeleteCause,
  type ListOptions,
  type ListResult,
  type ListWatch,
  type ListWatchResponse,
  type Position,
  type Resource,
  type ResourceRecord,
  type ResourceType,
  type UnreadableChange,
  type WatchOptions,
} from '@service-center/sdcommon';
import { map, throwError, type Observable } from 'rxjs';

import type { LeaseRegister } from '../lease/lease-register.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import { rootPrefix } from '../layout/store-keys.ts';
import type { KvEvent, KvWatchBatch } from '../store/kv-event.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvStore } from '../store/kv-store.ts';
import { readRange } from '../store/read-range.ts';
import type { DecodedRecord, RecordDecoder } from './record-decoder.ts';

/** A thousand records take about 8 ms to decode; then others get their turn. */
const recordsPerTurn = 1000;

/** What a {@link KvListWatch} is made of. */
export interface KvListWatchOptions<T extends ResourceType> {
  /** Listed in this order. */
  readonly types: readonly T[];
  readonly store: KvStore;
  readonly decoder: RecordDecoder;
  /** Is told of every instance that is seen. */
  readonly leases: LeaseRegister;
}

/**
 * The feed of the registry's keys, or a view of it that shows some types (design §3).
 *
 * Every session watches the registry's root as a whole, so that positions mean the same to all of them and one batch
 * holds one or more whole transactions; what is of another type only moves the position.
 */
export class KvListWatch<T extends ResourceType> implements ListWatch<T> {
  readonly types: readonly T[];
  readonly #store: KvStore;
  readonly #decoder: RecordDecoder;
  readonly #leases: LeaseRegister;
  readonly #seenBy: SeenBy;

  constructor({ types, store, decoder, leases }: KvListWatchOptions<T>) {
    this.types = types;
    this.#store = store;
    this.#decoder = decoder;
    this.#leases = leases;
    this.#seenBy = {
      INSTANCE: (instance, record) => {
        leases.see(instance, record.lease);
      },
    };
  }

  async list({ at, known, signal }: ListOptions): Promise<ListResult<T>> {
    if (at !== undefined) this.#checkEpoch(at);
    let revision = at?.order;
    const resources: Resource<T>[] = [];
    const unreadable: UnreadableChange<T>[] = [];
    for (const type of this.types) {
      const { prefix } = keyLayouts[type];
      const keys: string[] = [];
      for await (const page of readRange(this.#store, { prefix, atRevision: revision, signal })) {
        revision = page.revision;
        for (const record of page.records) {
          if (keys.push(record.key) % recordsPerTurn === 0) await nextTurn();
          const decoded = this.#decode(type, record, known?.(type, record.key));
          if (decoded.action === 'put') resources.push(decoded.resource);
          else unreadable.push(decoded);
        }
      }
      if (type === 'INSTANCE' && revision !== undefined) this.#leases.retain(keys, revision);
    }
    revision ??= await this.#store.currentRevision(signal);
    return { position: this.#position(revision), resources, unreadable };
  }

  watch({ after, signal }: WatchOptions): Observable<ListWatchResponse<T>> {
    try {
      this.#checkEpoch(after);
    } catch (error) {
      return throwError(() => error);
    }
    return this.#store
      .watch({ prefix: rootPrefix, afterRevision: after.order, signal })
      .pipe(map((batch) => this.#response(batch)));
  }

  #response({ events, revision, committedMs }: KvWatchBatch): ListWatchResponse<T> {
    const changes: Change<T>[] = [];
    for (const event of events) {
      const change = this.#change(event);
      if (change !== undefined) changes.push(change);
    }
    return {
      changes,
      position: this.#position(revision),
      ...(committedMs !== undefined && { committedMs }),
    };
  }

  #change(event: KvEvent): Change<T> | undefined {
    const key = event.kind === 'put' ? event.record.key : event.key;
    const type = this.types.find((candidate) => key.startsWith(keyLayouts[candidate].prefix));
    if (type === undefined) return undefined;
    return event.kind === 'put' ? this.#decode(type, event.record) : this.#deletion(type, event);
  }

  #decode(type: T, record: KvRecord, known?: ResourceRecord<T>): DecodedRecord<T> {
    const decoded: DecodedRecord<T> =
      known !== undefined && isSame(record, known)
        ? { action: 'put', type, resource: known }
        : this.#decoder.decode(type, record);
    if (decoded.action === 'put') this.#seenBy[type]?.(decoded.resource, record);
    return decoded;
  }

  #deletion(
    type: T,
    event: {
      readonly key: string;
      readonly revision: bigint;
      readonly previous: KvRecord | undefined;
      readonly cause: DeleteCause;
    },
  ): Change<T> | undefined {
    const { key, revision, cause } = event;
    if (type === 'INSTANCE') this.#leases.forget(key, revision);
    const identity = this.#decoder.identity(type, key);
    // Nobody was ever told of a resource under a key that names none.
    if (identity === undefined) return undefined;
    const decoded = event.previous && this.#decoder.decode(type, event.previous);
    const previous = decoded?.action === 'put' ? decoded.resource : undefined;
    return { action: 'delete', type, key, identity, revision, previous, cause };
  }

  #position(revision: bigint): Position {
    return { order: revision, epoch: this.#store.epoch, resume: '' };
  }

  #checkEpoch(position: Position): void {
    if (position.epoch === this.#store.epoch) return;
    throw new WatchError(
      'invalidPosition',
      `the position is of the history ${position.epoch}, the store has the history ${this.#store.epoch}`,
    );
  }
}

function isSame(record: KvRecord, known: ResourceRecord<ResourceType>): boolean {
  return (
    record.modRevision === known.modRevision &&
    record.createRevision === known.createRevision &&
    record.version === known.version &&
    record.value === known.encoded
  );
}

type SeenBy = {
  readonly [T in ResourceType]?: (resource: ResourceRecord<T>, record: KvRecord) => void;
};
