import type { RecordingSubscriber, RecordingSubscriberOptions } from './recording-subscriber.ts';
import { SocketIoSubscriber } from './socket-io-subscriber.ts';
import { SseSubscriber } from './sse-subscriber.ts';
import { WatchingConsumer, type ProviderSource } from './watching-consumer.ts';

/** What {@link createSubscriber} makes a subscriber of. */
export interface CreateSubscriberOptions extends RecordingSubscriberOptions {
  /** Where watching consumers find their providers. */
  readonly registry: ProviderSource;
}

/** Makes the subscriber that a view asks for. */
export function createSubscriber(options: CreateSubscriberOptions): RecordingSubscriber {
  const { view, registry, ...rest } = options;
  if ('consumerId' in view) return new WatchingConsumer({ ...rest, view, registry });
  return view.channel === 'sse'
    ? new SseSubscriber({ ...rest, view })
    : new SocketIoSubscriber({ ...rest, view });
}
