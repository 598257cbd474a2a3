import type {
  EventTopic,
  ResourceRecord,
  StreamLeaveReason,
  Tenant,
} from '@service-center/sdcommon';

import type { SubscriberDescription } from '../push-trace/subscriber-description.ts';
import type { StreamFrame } from './stream-frame.ts';

/** A connection that wants an event stream; implemented by whoever owns the socket. */
export interface StreamSubscriber {
  /** Who it is, for the push trace. */
  readonly description: SubscriberDescription;
  /**
   * Takes a message to write it now.
   *
   * @returns undefined when more can be sent at once; else a promise that settles when the message is written: until
   *   then nothing more is sent. A throw or a rejected promise ends the subscription.
   */
  send(frame: StreamFrame): Promise<void> | undefined;
  /** The stream was ended by the server; nothing is sent after that. */
  close(end: StreamLeaveReason): void;
  /**
   * Whether the subscriber may see a service and its instances; absent: it may see all. It is asked when the service is
   * listed and for each of its changes; after its answers have changed, `EventStreams.recheck` has to be called.
   */
  permits?(service: ResourceRecord<'SERVICE'>): boolean;
}

/** What a connection asks for. */
export interface StreamRequest {
  readonly tenant: Tenant;
  /** 1 to 100. */
  readonly topics: readonly EventTopic[];
  /** Where to go on; undefined for a stream that starts with a snapshot. */
  readonly position?: string;
  readonly subscriber: StreamSubscriber;
}

/** A stream as its subscriber sees it. */
export interface StreamSubscription {
  /** Names the subscriber in the push trace, such as `sse-17`. */
  readonly id: string;
  /** The client has worked off everything up to this position. One that the stream never gave is not looked at. */
  acknowledge(position: string): void;
  /** Ends the stream. Harmless when called again. */
  close(): void;
}
