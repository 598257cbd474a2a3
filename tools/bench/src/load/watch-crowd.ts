import { connect, type Socket } from 'node:net';

import { WatchFrames } from './watch-frames.ts';

/** Who is to watch, and who is told. */
export interface WatchCrowdOptions {
  readonly baseUrl: string;
  /** The consumer of each subscriber. */
  readonly consumerIds: readonly string[];
  /** Called for each event that a subscriber received. @param subscriber - index in `consumerIds` */
  readonly onPush: (subscriber: number) => void;
}

const handshakesAtOnce = 200;
// A client's Pong, masked with zeros.
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Many consumers that watch, each on a plain socket of its own, all in one thread. */
export class WatchCrowd {
  readonly #options: WatchCrowdOptions;
  readonly #sockets: Socket[] = [];
  /** Where the bytes of all of them arrive; nobody keeps them. */
  readonly #buffer = Buffer.alloc(65_536);
  #failure: Error | undefined;
  #isClosed = false;

  private constructor(options: WatchCrowdOptions) {
    this.#options = options;
  }

  /** Connects all. @throws Error when one is refused */
  static async open(options: WatchCrowdOptions): Promise<WatchCrowd> {
    const crowd = new WatchCrowd(options);
    const waiting = options.consumerIds.entries();
    const work = async (): Promise<void> => {
      for (const [subscriber, consumerId] of waiting) await crowd.#connect(subscriber, consumerId);
    };
    await Promise.all(Array.from({ length: handshakesAtOnce }, work));
    return crowd;
  }

  /** @throws Error when a subscriber was cut, or received what is no event */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #connect(subscriber: number, consumerId: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { hostname, port } = new URL(this.#options.baseUrl);
    const fail = (why: string): void => {
      if (this.#isClosed) return;
      this.#failure ??= new Error(`subscriber ${subscriber} of ${consumerId}: ${why}`);
      reject(this.#failure);
    };
    const frames = new WatchFrames({
      onOpen: resolve,
      onPush: () => {
        this.#options.onPush(subscriber);
      },
      onPing: () => {
        socket.write(pong);
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
          frames.take(this.#buffer.subarray(0, length));
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
    socket.write(handshake(hostname, consumerId));
    return promise;
  }
}

function handshake(host: string, consumerId: string): string {
  return [
    `GET /v4/default/registry/microservices/${consumerId}/watcher HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'X-Domain-Name: default',
    '\r\n',
  ].join('\r\n');
}
