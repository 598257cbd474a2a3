import type {
  EventStreams,
  StreamFrame,
  StreamSubscriber,
  StreamSubscription,
} from '@service-center/registry';
import {
  readSubscribeRequest,
  ServiceCenterError,
  type Clock,
  type EventTopic,
  type Logger,
  type StreamLeaveReason,
  type SubscribeAnswer,
} from '@service-center/sdcommon';

import { Backpressure } from '../event-stream/backpressure.ts';
import { toServiceCenterError } from '../reply/failure-reply.ts';
import type { EnginePacket } from './engine-packet.ts';
import type { RegistrySocket } from './registry-socket.ts';
import { streamErrorOf } from './stream-error.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a {@link SocketConnection} works with. */
export interface SocketConnectionOptions {
  readonly socket: RegistrySocket;
  /** Address and port of the client. */
  readonly remote: string;
  readonly streams: Pick<EventStreams, 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Encodes a message; the same packet for every receiver of it. */
  readonly encode: (frame: StreamFrame) => EnginePacket;
  /** What the client may still send; a message that it may acknowledge is worth one. */
  readonly inbound: TokenBucket;
}

/** How much may wait for a client besides what its transport is writing, bytes. */
const maxWaitingBytes = 65_536;
/** A client that takes nothing for so long is gone, milliseconds. */
const writeTimeoutMs = 30_000;
/** A client that subscribes to nothing for so long has to go, milliseconds. */
const subscribeDeadlineMs = 30_000;
/** A stream may begin with a snapshot of everything, so beginning one over and over would keep the server busy. */
const subscribesAtOnce = 5;
const subscribesPerSecond = 2;

const events: ReadonlySet<string> = new Set(['acknowledge', 'subscribe']);

/** One client of socket.io in the namespace. Has no timer of its own. */
export class SocketConnection {
  readonly #options: SocketConnectionOptions;
  readonly #backpressure: Backpressure;
  readonly #subscribes: TokenBucket;
  readonly #openedMs: number;
  #subscription: StreamSubscription | undefined;
  #isLeaving = false;
  /** What was written and not yet given to the transport. */
  #waitingBytes = 0;

  constructor(options: SocketConnectionOptions) {
    const { clock } = options;
    this.#options = options;
    this.#backpressure = new Backpressure(clock);
    this.#subscribes = new TokenBucket({
      clock,
      capacity: subscribesAtOnce,
      perSecond: subscribesPerSecond,
    });
    this.#openedMs = clock.monotonicMs();
  }

  /** The connection below. */
  get engineSocket(): RegistrySocket['conn'] {
    return this.#options.socket.conn;
  }

  /** Begins to serve the client. */
  start(): void {
    const { socket } = this.#options;
    socket.conn.on('drain', this.#onDrain);
    // What a client sends is of any shape, whatever the types of its events say.
    socket.on('subscribe', (request: unknown, answer: unknown) => {
      this.#subscribe(request, answer);
    });
    socket.on('acknowledge', (position: unknown) => {
      this.#acknowledge(position);
    });
    socket.onAny((event: string, ...args: unknown[]) => {
      if (!events.has(event)) this.#refuse(invalid(`there is no event '${event}'`), args.at(-1));
    });
  }

  /**
   * Tells the client that the stream is over, and why. A client whose server shuts down connects again by itself, since
   * only the transport is closed; one that is refused does not.
   */
  leave(reason: StreamLeaveReason): void {
    const { socket } = this.#options;
    if (!socket.connected || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#subscription?.close();
    this.#backpressure.expectRelief();
    const { conn } = socket;
    const isTaken = conn.transport.writable;
    socket.emit('leave', { reason });
    if (reason === 'forbidden') {
      socket.disconnect(true);
    } else if (conn.transport.name !== 'polling') {
      conn.close();
    } else if (isTaken) {
      conn.close(true);
    } else {
      // An orderly end would wait for two polls and keep a timer for the second, which may never come.
      conn.once('drain', () => {
        conn.close(true);
      });
    }
  }

  /** Cuts the connection. */
  terminate(): void {
    this.#options.socket.conn.close(true);
  }

  /** Ends what is of no use. Called every second. */
  tick(nowMs: number): void {
    const isIdle =
      this.#subscription === undefined && nowMs - this.#openedMs >= subscribeDeadlineMs;
    if (isIdle) this.#options.socket.disconnect(true);
    else if (this.#backpressure.hasLasted(writeTimeoutMs, nowMs)) this.terminate();
  }

  /** Lets go of everything; called when the client has left the namespace. */
  release(): void {
    const { conn } = this.#options.socket;
    conn.off('drain', this.#onDrain);
    this.#subscription?.close();
    this.#backpressure.relieve();
    // Nothing else is served here: a client that stays without the namespace would stay for nothing.
    conn.close();
  }

  /** The transport has taken over everything; what it took before that has gone out. */
  readonly #onDrain = (): void => {
    this.#waitingBytes = 0;
    this.#backpressure.relieve();
  };

  #subscribe(request: unknown, answer: unknown): void {
    const { socket, streams } = this.#options;
    try {
      if (!this.#subscribes.take()) throw tooOften();
      const { topics, position } = readSubscribeRequest(request);
      const subscription = streams.subscribe({
        tenant: socket.data.tenant,
        topics,
        ...(position !== undefined && { position }),
        subscriber: this.#subscriber(topics),
      });
      // Only now: a client whose request is refused keeps the stream it has.
      this.#subscription?.close();
      this.#subscription = subscription;
    } catch (error) {
      this.#refuse(toServiceCenterError(error), answer);
      return;
    }
    // Streams send nothing in the turn in which they begin, so this comes between the old one and the new one.
    reply(answer, { ok: true });
  }

  #subscriber([topic]: readonly EventTopic[]): StreamSubscriber {
    return {
      description: {
        channel: 'socket.io',
        remote: this.#options.remote,
        ...(topic?.kind === 'consumer' && { consumerId: topic.serviceId }),
      },
      send: (frame) => this.#send(frame),
      close: (end) => {
        if (end === 'failed') this.terminate();
        else this.leave(end);
      },
    };
  }

  #send(frame: StreamFrame): Promise<void> | undefined {
    const { socket, encode, inbound } = this.#options;
    const { conn } = socket;
    if (!socket.connected || conn.readyState !== 'open') throw new Error('the socket is closed');
    const { text, options, bytes } = encode(frame);
    this.#waitingBytes += bytes;
    conn.write(text, options);
    inbound.add(1);
    return this.#waitingBytes < maxWaitingBytes ? undefined : this.#backpressure.build();
  }

  #acknowledge(position: unknown): void {
    if (typeof position === 'string') this.#subscription?.acknowledge(position);
    else this.#refuse(invalid('a position is a text'));
  }

  /** Answers with an error. Whoever wants no answer would never learn of it, so the connection ends. */
  #refuse(error: ServiceCenterError, answer?: unknown): void {
    const { socket, logger } = this.#options;
    if (error.isInternal) logger.error({ err: error }, 'subscribing failed');
    if (reply(answer, { ok: false, error: streamErrorOf(error) })) return;
    logger.debug({ err: error }, 'a client of socket.io is sent away');
    socket.disconnect(true);
  }
}

/** @returns false when the client wants no answer */
function reply(answer: unknown, message: SubscribeAnswer): boolean {
  if (typeof answer !== 'function') return false;
  Reflect.apply(answer, undefined, [message]);
  return true;
}

function invalid(detail: string): ServiceCenterError {
  return new ServiceCenterError('invalidParameters', detail);
}

function tooOften(): ServiceCenterError {
  return new ServiceCenterError(
    'notEnoughQuota',
    `subscribe at most ${subscribesPerSecond} times a second`,
  );
}
