import type { EventStreams, StreamFrame, StreamSubscription } from '@service-center/registry';
import {
  readSubscribeRequest,
  ServiceCenterError,
  type Clock,
  type Logger,
  type StreamLeaveReason,
  type SubscribeAnswer,
} from '@service-center/sdcommon';

import { Backpressure } from '../event-stream/backpressure.ts';
import { toServiceCenterError } from '../reply/failure-reply.ts';
import type { EnginePacket } from './engine-packet.ts';
import type { RegistrySocket } from './registry-socket.ts';
import { streamErrorOf } from './stream-error.ts';
import { SocketSubscriber } from './socket-subscriber.ts';
import { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';

/** What a {@link SocketConnection} works with. */
export interface SocketConnectionOptions {
  readonly socket: RegistrySocket;
  /** Address and port of the client. */
  readonly remote: string;
  /** What the client may still send; a message that it may acknowledge is worth one. */
  readonly inbound: TokenBucket;
  /** The same object for all connections. */
  readonly surroundings: SocketSurroundings;
}

/** What all connections of a server have in common. */
export interface SocketSurroundings {
  readonly streams: Pick<EventStreams, 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Encodes a message; the same packet for every receiver of it. */
  readonly encode: (frame: StreamFrame) => EnginePacket;
  /** How often a client may subscribe. */
  readonly subscribeRate: TokenBucketOptions;
}

/** How much may wait for a client besides what its transport is writing, bytes. */
const maxWaitingBytes = 65_536;
/** A client that takes nothing for so long is gone, milliseconds. */
const writeTimeoutMs = 30_000;
/** A client that subscribes to nothing for so long has to go, milliseconds. */
const subscribeDeadlineMs = 30_000;

/** One client of socket.io in the namespace. Has no timer and no listener of its own. */
export class SocketConnection {
  readonly #socket: RegistrySocket;
  readonly #remote: string;
  readonly #inbound: TokenBucket;
  readonly #surroundings: SocketSurroundings;
  readonly #backpressure: Backpressure;
  readonly #subscribes: TokenBucket;
  readonly #openedMs: number;
  #subscription: StreamSubscription | undefined;
  #isLeaving = false;
  /** What was written and not yet given to the transport. */
  #waitingBytes = 0;

  constructor({ socket, remote, inbound, surroundings }: SocketConnectionOptions) {
    const { clock } = surroundings;
    this.#socket = socket;
    this.#inbound = inbound;
    this.#surroundings = surroundings;
    this.#remote = remote;
    this.#backpressure = new Backpressure(clock);
    this.#subscribes = new TokenBucket(surroundings.subscribeRate);
    this.#openedMs = clock.monotonicMs();
  }

  /** The connection below. */
  get engineSocket(): RegistrySocket['conn'] {
    return this.#socket.conn;
  }

  /**
   * Tells the client that the stream is over, and why. A client whose server shuts down connects again by itself, since
   * only the transport is closed; one that is refused does not.
   */
  leave(reason: StreamLeaveReason): void {
    const socket = this.#socket;
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
    this.#socket.conn.close(true);
  }

  /** Ends what is of no use. Called every second. */
  tick(nowMs: number): void {
    const isIdle =
      this.#subscription === undefined && nowMs - this.#openedMs >= subscribeDeadlineMs;
    if (isIdle) this.#socket.disconnect(true);
    else if (this.#backpressure.hasLasted(writeTimeoutMs, nowMs)) this.terminate();
  }

  /** Lets go of everything; called when the client has left the namespace. */
  release(): void {
    const { conn } = this.#socket;
    this.#subscription?.close();
    this.#backpressure.relieve();
    // Nothing else is served here: a client that stays without the namespace would stay for nothing.
    conn.close();
  }

  /** The transport has taken over everything; what it took before that has gone out. */
  drained(): void {
    this.#waitingBytes = 0;
    this.#backpressure.relieve();
  }

  /** Does what the client asks for. @param args - of any shape, the answer last where one is wanted */
  take(event: string, args: readonly unknown[]): void {
    // What a client sent before it was sent away may still come.
    if (!this.#socket.connected) return;
    const [argument, answer] = args;
    if (event === 'subscribe') this.#subscribe(argument, answer);
    else if (event === 'acknowledge') this.#acknowledge(argument);
    else this.#refuse(invalid(`there is no event '${event}'`), args.at(-1));
  }

  #subscribe(request: unknown, answer: unknown): void {
    const socket = this.#socket;
    const { streams, subscribeRate } = this.#surroundings;
    try {
      if (!this.#subscribes.take()) throw tooOften(subscribeRate);
      const { topics, position } = readSubscribeRequest(request);
      const subscription = streams.subscribe({
        tenant: socket.data.tenant,
        topics,
        ...(position !== undefined && { position }),
        subscriber: new SocketSubscriber(this, this.#remote, topics),
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

  /** Writes a message. @returns a promise when the client takes no more for now @throws Error when it is gone */
  send(frame: StreamFrame): Promise<void> | undefined {
    const socket = this.#socket;
    const { conn } = socket;
    if (!socket.connected || conn.readyState !== 'open') throw new Error('the socket is closed');
    const { text, options, bytes } = this.#surroundings.encode(frame);
    this.#waitingBytes += bytes;
    conn.write(text, options);
    this.#inbound.add(1);
    return this.#waitingBytes < maxWaitingBytes ? undefined : this.#backpressure.build();
  }

  /** Its stream has ended. */
  close(end: StreamLeaveReason): void {
    if (end === 'failed') this.terminate();
    else this.leave(end);
  }

  #acknowledge(position: unknown): void {
    if (typeof position === 'string') this.#subscription?.acknowledge(position);
    else this.#refuse(invalid('a position is a text'));
  }

  /** Answers with an error. Whoever wants no answer would never learn of it, so the connection ends. */
  #refuse(error: ServiceCenterError, answer?: unknown): void {
    const { logger } = this.#surroundings;
    if (error.isInternal) logger.error({ err: error }, 'subscribing failed');
    if (reply(answer, { ok: false, error: streamErrorOf(error) })) return;
    logger.debug({ err: error }, 'a client of socket.io is sent away');
    this.#socket.disconnect(true);
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

function tooOften({ perSecond }: TokenBucketOptions): ServiceCenterError {
  return new ServiceCenterError('notEnoughQuota', `subscribe at most ${perSecond} times a second`);
}
