import type { RegistryClientEvents, RegistryServerEvents } from '@service-center/sdcommon';
import { io, type Socket } from 'socket.io-client';

import type { StreamView } from '../log/push-log.ts';
import { readStreamFrame } from './received-frames.ts';
import type { RecordingSubscriber, RecordingSubscriberOptions } from './recording-subscriber.ts';

type RegistrySocket = Socket<RegistryServerEvents, RegistryClientEvents>;

const connectTimeoutMs = 120_000;
const events = ['reset', 'change', 'synchronized', 'leave'] as const;

/** A subscriber over socket.io, which acknowledges what it received and goes on from there. */
export class SocketIoSubscriber implements RecordingSubscriber {
  readonly name: string;
  readonly view: StreamView;
  readonly #options: RecordingSubscriberOptions<StreamView>;
  #socket: RegistrySocket | undefined;
  #position: string | undefined;
  #connections = 0;

  constructor(options: RecordingSubscriberOptions<StreamView>) {
    this.name = options.name;
    this.view = options.view;
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  async connect(): Promise<void> {
    const { baseUrl, recorder } = this.#options;
    const position = this.#position;
    const connection = recorder.connect(this.name, this.view, position);
    const socket: RegistrySocket = io(`${baseUrl}/v4`, {
      // Polling first and then a websocket is what the library does by itself.
      transports: this.#connections++ % 3 === 2 ? ['polling', 'websocket'] : ['websocket'],
      auth: { project: this.view.project },
      reconnection: false,
      forceNew: true,
      // Thousands that connect from one process wait for each other longer than the library's 20 s.
      timeout: connectTimeoutMs,
    });
    this.#socket = socket;
    const { promise: isDecided, resolve: decide } = Promise.withResolvers<void>();
    const end = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      recorder.record({ type: 'disconnect', connection });
      socket.disconnect();
      decide();
    };
    for (const event of events) {
      socket.on(event, (message: unknown) => {
        this.#receive(connection, event, message);
      });
    }
    socket.once('connect', decide);
    socket.once('disconnect', end);
    socket.once('connect_error', end);
    await isDecided;
    if (!this.isConnected) return;
    const request = { topics: this.view.topics, ...(position !== undefined && { position }) };
    socket.emit('subscribe', request, (answer) => {
      if (answer.ok) return;
      const text = JSON.stringify(answer);
      recorder.record({ type: 'received', connection, frame: { kind: 'unreadable', text } });
    });
    recorder.record({ type: 'open', connection });
  }

  async leave(): Promise<void> {
    this.#socket?.disconnect();
  }

  async settled(): Promise<void> {
    // Receiving is all that it does.
  }

  #receive(connection: number, event: (typeof events)[number], message: unknown): void {
    const frame = readStreamFrame(event, message);
    this.#options.recorder.record({ type: 'received', connection, frame });
    if (frame.kind === 'reset') this.#position = undefined;
    if (!('position' in frame) || frame.position === undefined) return;
    this.#position = frame.position;
    this.#socket?.emit('acknowledge', frame.position);
  }
}
