import type { EventTopic } from '@service-center/sdcommon';

/** What a write does to a service or an instance. */
export type ChangeAction = 'CREATE' | 'UPDATE' | 'DELETE';

/** A service, or an instance of it, in a state that no other write gives it. */
export interface ObjectState {
  readonly serviceId: string;
  /** Absent: the service itself. */
  readonly instanceId?: string | undefined;
  /** Recognisable by what the writer put into it, such as `17/UP`; a deletion carries the last state. */
  readonly state: string;
}

/** One change of one object. */
export interface LoggedChange extends ObjectState {
  readonly action: ChangeAction;
}

/** What decides who hears of a service. */
export interface ServiceFacts {
  readonly serviceId: string;
  readonly project: string;
  readonly appId: string;
  readonly serviceName: string;
  readonly version: string;
  readonly environment: string;
}

/** What a consumer that watches sees: its providers. */
export interface WatcherView {
  readonly channel: 'watcher' | 'listwatcher';
  readonly consumerId: string;
}

/** What a subscriber of an event stream sees. */
export interface StreamView {
  readonly channel: 'socket.io' | 'sse';
  readonly project: string;
  readonly topics: readonly EventTopic[];
}

/** What a subscriber sees, and by which way. */
export type SubscriberView = WatcherView | StreamView;

/** What a subscriber received, read but not judged. */
export type ReceivedFrame =
  | {
      readonly kind: 'change';
      readonly action: ChangeAction | 'INIT';
      readonly serviceId: string;
      readonly instanceId?: string | undefined;
      readonly state: string;
      readonly position?: string | undefined;
    }
  | {
      readonly kind: 'expire';
      readonly appId: string;
      readonly serviceName: string;
      readonly version: string;
      readonly environment: string;
    }
  | { readonly kind: 'reset'; readonly reason: string }
  | { readonly kind: 'synchronized'; readonly position: string }
  | { readonly kind: 'leave'; readonly reason: string }
  /** Something that no subscriber of the channel expects. */
  | { readonly kind: 'unreadable'; readonly text: string };

/**
 * One line of a recorded log. All come from one process, so their order is that of real time: a write that was
 * acknowledged before another began comes before it in the store too.
 *
 * - `service` says what a service is, before it is first written.
 * - `write`, `depend` and `block` are the beginnings of acts; `acknowledged` ends the one with that number. A write that
 *   nobody answers, such as an expiry, is acknowledged when its effect was seen.
 * - `connect` is logged before a connection is made, `open` when the subscriber knows that it is subscribed.
 * - `find` and `found` enclose a query of a watching consumer for its provider.
 * - `end` comes when everything has had its time to arrive, with what the registry itself lists.
 */
export type PushLogEntry =
  | ({ readonly type: 'service' } & ServiceFacts)
  | { readonly type: 'write'; readonly act: number; readonly changes: readonly LoggedChange[] }
  | {
      readonly type: 'depend';
      readonly act: number;
      readonly consumerId: string;
      readonly appId: string;
      readonly serviceName: string;
    }
  /** A black list that keeps every consumer from a service, or its end. */
  | {
      readonly type: 'block';
      readonly act: number;
      readonly serviceId: string;
      readonly isBlocked: boolean;
    }
  | { readonly type: 'acknowledged'; readonly act: number }
  | {
      readonly type: 'connect';
      readonly connection: number;
      readonly subscriber: string;
      readonly view: SubscriberView;
      readonly position?: string | undefined;
    }
  | { readonly type: 'open'; readonly connection: number }
  | { readonly type: 'received'; readonly connection: number; readonly frame: ReceivedFrame }
  | {
      readonly type: 'find';
      readonly connection: number;
      readonly find: number;
      readonly appId: string;
      readonly serviceName: string;
    }
  | {
      readonly type: 'found';
      readonly connection: number;
      readonly find: number;
      readonly instances: readonly ObjectState[];
    }
  | { readonly type: 'disconnect'; readonly connection: number }
  | { readonly type: 'end'; readonly objects: readonly ObjectState[] };

/** What tells objects apart. */
export function objectKey(object: Pick<ObjectState, 'serviceId' | 'instanceId'>): string {
  return object.instanceId === undefined
    ? object.serviceId
    : `${object.serviceId}/${object.instanceId}`;
}
