import type { IncomingMessage, ServerResponse } from 'node:http';

import type { EventStreams, StreamFrame, StreamRequest } from '@service-center/registry';
import type { Clock, Logger } from '@service-center/sdcommon';

import { ConnectionTicker } from '../pipeline/connection-ticker.ts';
import { remoteEndpoint } from '../request/remote-endpoint.ts';
import { FrameCache } from './frame-cache.ts';
import { sharedListener } from './shared-listener.ts';
import { SseConnection } from './sse-connection.ts';
import { encodeSseMessage } from './sse-message.ts';

/** What an {@link SseGateway} works with. */
export interface SseGatewayOptions {
  readonly streams: Pick<EventStreams, 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a client asks for; a header may name another position. */
export type SseRequest = Omit<StreamRequest, 'subscriber'>;

const tickMs = 1000;

/** The connections that carry event streams as server-sent events: keeps them in use, and closes them. */
export class SseGateway {
  readonly #options: SseGatewayOptions;
  readonly #connections = new Map<ServerResponse, SseConnection>();
  readonly #messages = new FrameCache<Buffer>(encodeSseMessage);
  readonly #encode = (frame: StreamFrame): Buffer => this.#messages.of(frame);
  readonly #onError = (error: Error): void => {
    this.#options.logger.debug({ err: error }, 'event stream broken');
  };
  readonly #onDrain = sharedListener((response: ServerResponse) => {
    this.#connections.get(response)?.drained();
  });
  readonly #onClose = sharedListener((response: ServerResponse) => {
    this.#release(response);
  });
  readonly #ticker: ConnectionTicker;
  #isClosed = false;

  constructor(options: SseGatewayOptions) {
    this.#options = options;
    this.#ticker = new ConnectionTicker({
      clock: options.clock,
      intervalMs: tickMs,
      connections: () => this.#connections.values(),
    });
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  /**
   * Subscribes for a client. Streams send nothing in the turn in which they begin, so the head of the answer comes first.
   *
   * @returns what begins to write once the head of the answer is written
   * @throws ServiceCenterError `invalidParameters` for topics or a position that cannot be
   */
  open(wanted: SseRequest, request: IncomingMessage, response: ServerResponse): () => void {
    const { streams, clock } = this.#options;
    const [topic] = wanted.topics;
    const connection = new SseConnection({
      description: {
        channel: 'sse',
        remote: remoteEndpoint(request.socket),
        ...(topic?.kind === 'consumer' && { consumerId: topic.serviceId }),
      },
      response,
      clock,
      encode: this.#encode,
    });
    const position = lastEventId(request) ?? wanted.position;
    const subscription = streams.subscribe({
      ...wanted,
      ...(position !== undefined && { position }),
      subscriber: connection,
    });
    this.#connections.set(response, connection);
    response.on('error', this.#onError);
    response.on('drain', this.#onDrain);
    response.on('close', this.#onClose);
    this.#ticker.start();
    return () => {
      connection.start(subscription);
      if (this.#isClosed) connection.leave('shutdown');
    };
  }

  /** Tells all clients that the server goes, and ends their streams. */
  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.values()) connection.leave('shutdown');
  }

  #release(response: ServerResponse): void {
    const connection = this.#connections.get(response);
    this.#connections.delete(response);
    connection?.release();
    if (this.#connections.size === 0) this.#ticker.stop();
  }
}

/** What a browser sends by itself when it connects again. */
function lastEventId(request: IncomingMessage): string | undefined {
  const value = request.headers['last-event-id'];
  const [first] = Array.isArray(value) ? value : [value];
  return first === '' ? undefined : first;
}
