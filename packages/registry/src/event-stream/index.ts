export { EventStreams } from './event-streams.ts';
export { StreamFrame, type StreamFrameKind } from './stream-frame.ts';
export type { StreamRequest, StreamSubscriber, StreamSubscription } from './stream-subscriber.ts';
