import {
  JsonShapeError,
  type PutChange,
  type ResourceIdentities,
  type ResourceType,
  type ResourceValues,
  type UnreadableChange,
} from '@service-center/sdcommon';

import type { IdentityInterner } from '../layout/identity-interner.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import { valueCodecs } from '../layout/value-codecs.ts';
import type { KvRecord } from '../store/kv-record.ts';
import { InstanceSharing } from './instance-sharing.ts';

/** What a record of any of the given types turned out to be. */
export type DecodedRecord<T extends ResourceType> = {
  [K in T]: PutChange<K> | UnreadableChange<K>;
}[T];

/**
 * Makes resources of stored records. What cannot be read becomes an item of its own, never an exception, so that one
 * bad record harms nobody else (spec 02 §7).
 */
export class RecordDecoder {
  readonly #interner: IdentityInterner;
  readonly #shared: SharedValues;

  constructor(options: { readonly interner: IdentityInterner }) {
    this.#interner = options.interner;
    const sharing = new InstanceSharing();
    this.#shared = { INSTANCE: (instance, identity) => sharing.share(instance, identity) };
  }

  /** The identity that a key of the type names; undefined when it names nothing. */
  identity<T extends ResourceType>(type: T, key: string): ResourceIdentities[T] | undefined {
    return keyLayouts[type].parse(key, this.#interner);
  }

  /** The resource that a record of the type holds, or why there is none. */
  decode<T extends ResourceType>(type: T, record: KvRecord): DecodedRecord<T> {
    const identity = this.identity(type, record.key);
    if (identity === undefined) {
      return unreadable(type, record, `the key is not one of a ${type}`);
    }
    if (record.value === undefined) return unreadable(type, record, 'the value is not UTF-8');
    let value: ResourceValues[T];
    try {
      value = valueCodecs[type].decode(record.value);
    } catch (error) {
      if (!(error instanceof JsonShapeError)) throw error;
      return unreadable(type, record, `the value does not decode: ${error.message}`);
    }
    // A value of this registry and of the reference comes out as it went in. Another writer's may have unknown members
    // or blanks, which must not reach the wire. Keeping the stored string shares it with the store's own memory.
    const encoded = valueCodecs[type].encode(value);
    return {
      action: 'put',
      type,
      resource: {
        type,
        key: record.key,
        identity,
        value: this.#shared[type]?.(value, identity) ?? value,
        encoded: encoded === record.value ? record.value : encoded,
        createRevision: record.createRevision,
        modRevision: record.modRevision,
        version: record.version,
      },
    };
  }
}

/** How values of a type share parts, where it pays. */
type SharedValues = {
  readonly [T in ResourceType]?: (
    value: ResourceValues[T],
    identity: ResourceIdentities[T],
  ) => ResourceValues[T];
};

function unreadable<T extends ResourceType>(
  type: T,
  record: KvRecord,
  reason: string,
): UnreadableChange<T> {
  return { action: 'unreadable', type, key: record.key, revision: record.modRevision, reason };
}
