import type { ResourceRecord } from '@service-center/sdcommon';

import type { SubscriberDescription } from '../push-trace/index.ts';
import type { PushFrame } from './push-frame.ts';

/** Why the hub ended a subscription. */
export type SubscriptionEnd =
  /** The server is shutting down. */
  | 'shutdown'
  /** A frame could not be sent. */
  | 'failed'
  /** It took so little that not even what it has to be told to forget could wait for it. */
  | 'slow'
  /** It may not watch any more. */
  | 'forbidden';

/** A connection that wants events; implemented by whoever owns the socket. */
export interface Subscriber {
  /** Who it is, for the push trace. */
  readonly description: SubscriberDescription;
  /**
   * Takes a frame to write it now.
   *
   * @returns undefined when more can be sent at once; else a promise that settles when the frame is written: until then
   *   the hub keeps what follows in a queue of its own. A throw or a rejected promise ends the subscription.
   */
  send(frame: PushFrame): Promise<void> | undefined;
  /** The hub has ended the subscription. */
  close(end: SubscriptionEnd): void;
  /**
   * Whether the subscriber may see a service and its instances; absent: it may see all. It is asked for its providers and
   * for the service that it watches for; its answers are remembered until `NotificationHub.recheck` is called, or the
   * service changes. It is where authorization is to come in; nothing else restricts a subscriber so far.
   */
  permits?(service: ResourceRecord<'SERVICE'>): boolean;
}

/** A subscription as its subscriber sees it. */
export interface Subscription {
  /** Ends it. Harmless when called again. */
  close(): void;
}
