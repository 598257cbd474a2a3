import type { PushFrame } from './push-frame.ts';

/** Why the hub ended a subscription. */
export type SubscriptionEnd =
  /** The server is shutting down. */
  | 'shutdown'
  /** A frame could not be sent. */
  | 'failed';

/** A connection that wants events; implemented by whoever owns the socket. */
export interface Subscriber {
  /**
   * Takes a frame to write it now.
   *
   * @returns undefined when more can be sent at once; else a promise that settles when the frame is written: until then
   *   the hub keeps what follows in a queue of its own. A throw or a rejected promise ends the subscription.
   */
  send(frame: PushFrame): Promise<void> | undefined;
  /** The hub has ended the subscription. */
  close(end: SubscriptionEnd): void;
}

/** A subscription as its subscriber sees it. */
export interface Subscription {
  /** Ends it. Harmless when called again. */
  close(): void;
}
