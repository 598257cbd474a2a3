import type { ResourceIdentities, ResourceRecord, ResourceType } from './resource.ts';

/**
 * Why a record went away, as far as the backend knows (spec 00, decision 14).
 * `unknown`: the store does not tell a revoked lease of another server from an expired one.
 */
export type DeleteCause = 'unregister' | 'delete' | 'expire' | 'unknown';

/** A record came into being or changed; its version tells which. */
export interface PutChange<T extends ResourceType> {
  readonly action: 'put';
  readonly type: T;
  readonly resource: ResourceRecord<T>;
}

/** A record went away. */
export interface DeleteChange<T extends ResourceType> {
  readonly action: 'delete';
  readonly type: T;
  readonly key: string;
  readonly identity: ResourceIdentities[T];
  /** Store revision of the deletion. */
  readonly revision: bigint;
  /** The last value, where the store still had it. */
  readonly previous: ResourceRecord<T> | undefined;
  readonly cause: DeleteCause;
}

/**
 * A stored record that cannot be read: its key or its value does not parse. It concerns its own key only: whoever
 * holds an older value of that key keeps it (spec 02 §7).
 */
export interface UnreadableChange<T extends ResourceType> {
  readonly action: 'unreadable';
  readonly type: T;
  readonly key: string;
  readonly revision: bigint;
  /** What does not parse, for the log. */
  readonly reason: string;
}

/** One change of one record of any of the given types. */
export type Change<T extends ResourceType = ResourceType> = {
  [K in T]: PutChange<K> | DeleteChange<K> | UnreadableChange<K>;
}[T];
