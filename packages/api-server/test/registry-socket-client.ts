import type {
  RegistryClientEvents,
  RegistryServerEvents,
  SubscribeAnswer,
  SubscribeRequest,
} from '@service-center/sdcommon';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** A message as it came: the name of the event and its argument. */
export type ReceivedEvent = readonly [string, unknown];

/** A client of socket.io with what came over it. It does not connect again unless told to. */
export class RegistrySocketClient {
  readonly socket: Socket<RegistryServerEvents, RegistryClientEvents>;
  readonly events: ReceivedEvent[] = [];
  /** Why the client was disconnected, each time. */
  readonly disconnects: string[] = [];

  constructor(
    baseUrl: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
    namespace = '/v4',
  ) {
    this.socket = io(`${baseUrl}${namespace}`, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      ...options,
    });
    this.socket.onAny((event: string, message: unknown) => {
      this.events.push([event, message]);
    });
    this.socket.on('disconnect', (reason) => {
      this.disconnects.push(reason);
    });
  }

  /** Waits for the connection. @throws Error when it is refused */
  async connected(): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.socket.once('connect', resolve);
    this.socket.once('connect_error', reject);
    await promise;
    return this;
  }

  /** Subscribes; the answer stands among the events. */
  async subscribe(request: SubscribeRequest): Promise<SubscribeAnswer> {
    const { promise, resolve } = Promise.withResolvers<SubscribeAnswer>();
    this.socket.emit('subscribe', request, (answer) => {
      this.events.push(['answer', answer]);
      resolve(answer);
    });
    return promise;
  }

  /** Sends what the types do not allow. */
  emitAnything(event: string, ...args: readonly unknown[]): void {
    const socket: Socket = this.socket;
    socket.emit(event, ...args);
  }

  /** Everything of one kind. */
  messagesOf(event: string): readonly unknown[] {
    return this.events.flatMap(([name, message]) => (name === event ? [message] : []));
  }

  close(): void {
    this.socket.disconnect();
  }
}
