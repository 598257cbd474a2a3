import { connect, type Socket } from 'node:net';

import type { Channel } from './channels/channel.ts';

/** Who is to subscribe, and who is told. */
export interface SubscriberCrowdOptions {
  readonly baseUrl: string;
  readonly channel: Channel;
  /** The consumer of each subscriber. */
  readonly consumerIds: readonly string[];
  /** Called for each change that a subscriber received. @param subscriber - index in `consumerIds` */
  readonly onChange: (subscriber: number) => void;
}

const handshakesAtOnce = 200;

/** Many subscribers, each on a plain socket of its own, all in one thread. */
export class SubscriberCrowd {
  readonly #options: SubscriberCrowdOptions;
  readonly #sockets: Socket[] = [];
  /** Where the bytes of all of them arrive; nobody keeps them. */
  readonly #buffer = Buffer.alloc(65_536);
  #failure: Error | undefined;
  #isClosed = false;

  private constructor(options: SubscriberCrowdOptions) {
    this.#options = options;
  }

  /** Connects all. @throws Error when one is refused */
  static async open(options: SubscriberCrowdOptions): Promise<SubscriberCrowd> {
    const crowd = new SubscriberCrowd(options);
    const waiting = options.consumerIds.entries();
    const work = async (): Promise<void> => {
      for (const [subscriber, consumerId] of waiting) await crowd.#connect(subscriber, consumerId);
    };
    await Promise.all(Array.from({ length: handshakesAtOnce }, work));
    return crowd;
  }

  /** @throws Error when a subscriber was cut, or received what was not expected */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #connect(subscriber: number, consumerId: string): Promise<void> {
    const { baseUrl, channel, onChange } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { hostname, port } = new URL(baseUrl);
    const fail = (why: string): void => {
      if (this.#isClosed) return;
      this.#failure ??= new Error(`subscriber ${subscriber} of ${consumerId}: ${why}`);
      reject(this.#failure);
    };
    const connection = channel.connect(hostname, consumerId, {
      onReady: resolve,
      onChange: () => {
        onChange(subscriber);
      },
      reply: (bytes) => {
        socket.write(bytes);
      },
      onEnd: fail,
    });
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: this.#buffer,
        callback: (length) => {
          connection.take(this.#buffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#sockets.push(socket);
    socket.once('error', (error) => {
      fail(error.message);
    });
    socket.once('close', () => {
      fail('cut');
    });
    socket.write(connection.greeting);
    return promise;
  }
}
