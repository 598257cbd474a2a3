/** The ways in which changes go out to clients. */
export const pushChannels = ['websocket', 'socket.io', 'sse'] as const;

/** One of the ways in which changes go out to clients. */
export type PushChannel = (typeof pushChannels)[number];

/** Who a subscriber is, for those who look after the server. */
export interface SubscriberDescription {
  readonly channel: PushChannel;
  /** Address and port of the client, such as `10.0.0.7:51034`; `''` where there is none. */
  readonly remote: string;
  /** The service whose providers it watches, if it is such a subscriber. */
  readonly consumerId?: string;
}
