import type {
  StreamFrame,
  StreamSubscriber,
  SubscriberDescription,
} from '@service-center/registry';
import type { EventTopic, StreamLeaveReason } from '@service-center/sdcommon';

import type { SocketConnection } from './socket-connection.ts';

/** A client of socket.io as the subscriber of one stream; it may have several, one after the other. */
export class SocketSubscriber implements StreamSubscriber {
  readonly description: SubscriberDescription;
  readonly #connection: Pick<SocketConnection, 'close' | 'send'>;

  /**
   * @param remote - address and port of the client
   * @param topics - what it subscribes to
   */
  constructor(
    connection: Pick<SocketConnection, 'close' | 'send'>,
    remote: string,
    [topic]: readonly EventTopic[],
  ) {
    this.#connection = connection;
    this.description = {
      channel: 'socket.io',
      remote,
      ...(topic?.kind === 'consumer' && { consumerId: topic.serviceId }),
    };
  }

  send(frame: StreamFrame): Promise<void> | undefined {
    return this.#connection.send(frame);
  }

  close(end: StreamLeaveReason): void {
    this.#connection.close(end);
  }
}
