import { once } from 'node:events';

import { WebSocket, type RawData } from 'ws';

import type { PushLogEntry, WatcherView } from '../log/push-log.ts';
import { readWatchFrame } from './received-frames.ts';
import type { RecordingSubscriber, RecordingSubscriberOptions } from './recording-subscriber.ts';

type FoundEntry = Extract<PushLogEntry, { readonly type: 'found' }>;

/** The Close code of a server that stops (RFC 6455 §7.4.1). */
const goingAway = 1001;

/** The name of a provider. */
export interface ProviderName {
  readonly appId: string;
  readonly serviceName: string;
}

/** Where a consumer finds its providers. */
export interface ProviderSource {
  /** The providers that a consumer depends on by now. */
  providersOf(consumerId: string): readonly ProviderName[];
  /** Asks the registry for the instances of a provider. */
  find(consumerId: string, provider: ProviderName): Promise<FoundEntry['instances']>;
}

/** What a {@link WatchingConsumer} works with. */
export interface WatchingConsumerOptions extends RecordingSubscriberOptions<WatcherView> {
  readonly registry: ProviderSource;
}

/** A consumer on its websocket, which finds its providers at first and after each `EXPIRE` (spec 04 §5). */
export class WatchingConsumer implements RecordingSubscriber {
  readonly name: string;
  readonly view: WatcherView;
  readonly #options: WatchingConsumerOptions;
  readonly #finds = new Set<Promise<void>>();
  #socket: WebSocket | undefined;

  constructor(options: WatchingConsumerOptions) {
    this.name = options.name;
    this.view = options.view;
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  async connect(): Promise<void> {
    const { recorder, baseUrl, registry } = this.#options;
    const { channel, consumerId } = this.view;
    const connection = recorder.connect(this.name, this.view);
    const url = `${baseUrl.replace('http', 'ws')}/v4/default/registry/microservices/${consumerId}/${channel}`;
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('message', (data) => {
      const frame = readWatchFrame(textOf(data));
      recorder.record({ type: 'received', connection, frame });
      if (frame.kind === 'expire') this.#find(connection, frame);
    });
    // A broken connection closes as well, and that is recorded.
    socket.on('error', () => undefined);
    const { promise: isDecided, resolve: decide } = Promise.withResolvers<void>();
    socket.once('open', decide);
    socket.once('close', (code: number) => {
      decide();
      if (code === goingAway)
        recorder.record({
          type: 'received',
          connection,
          frame: { kind: 'leave', reason: 'shutdown' },
        });
      recorder.record({ type: 'disconnect', connection });
      if (this.#socket === socket) this.#socket = undefined;
    });
    await isDecided;
    if (socket.readyState !== WebSocket.OPEN) return;
    recorder.record({ type: 'open', connection });
    for (const provider of registry.providersOf(consumerId)) this.#find(connection, provider);
  }

  async leave(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    const closed = once(socket, 'close');
    if (socket.readyState === WebSocket.OPEN) socket.close();
    else socket.terminate();
    await closed;
  }

  async settled(): Promise<void> {
    while (this.#finds.size > 0) await Promise.all(this.#finds);
  }

  #find(connection: number, { appId, serviceName }: ProviderName): void {
    const { recorder } = this.#options;
    const find = recorder.next();
    recorder.record({ type: 'find', connection, find, appId, serviceName });
    const finding = this.#answer(connection, find, { appId, serviceName });
    this.#finds.add(finding);
    const forget = (): void => {
      this.#finds.delete(finding);
    };
    // A failure stays in the set, for whoever waits for the finds.
    finding.then(forget, () => undefined);
  }

  async #answer(connection: number, find: number, provider: ProviderName): Promise<void> {
    const instances = await this.#options.registry.find(this.view.consumerId, provider);
    this.#options.recorder.record({ type: 'found', connection, find, instances });
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return new TextDecoder().decode(data);
}
