import type { Duplex } from 'node:stream';

import type {
  PushFrame,
  Subscriber,
  SubscriberDescription,
  Subscription,
  SubscriptionEnd,
} from '@service-center/registry';
import type { Clock } from '@service-center/sdcommon';
import { WebSocket } from 'ws';

import {
  goingAway,
  policyViolation,
  readDeadlineMs,
  writeTimeoutMs,
  type GatewayConnection,
} from './gateway-connection.ts';
import { Liveness } from './liveness.ts';
import { PongReply } from './pong-reply.ts';
import type { TextFrames } from './text-frames.ts';

/** What a {@link WatchConnection} works with. */
export interface WatchConnectionOptions {
  readonly webSocket: WebSocket;
  /** The connection below the websocket. */
  readonly socket: Duplex;
  /** Who the client is. */
  readonly description: SubscriberDescription;
  readonly clock: Clock;
  readonly frames: TextFrames;
  /** Whether the watching service is still registered. */
  readonly isServiceRegistered: () => boolean;
  /** @throws Error when watching is not possible */
  readonly subscribe: (subscriber: Subscriber) => Subscription;
}

const pingIntervalMs = 30_000;
const noPayload = Buffer.alloc(0);

/** What a client is told when the service it watches for is not there; the Go client knows this text. */
const serviceGoneText = 'service does not exist';

/** One websocket of a consumer (spec 04 §5). Has no timer of its own. */
export class WatchConnection implements GatewayConnection, Subscriber {
  readonly description: SubscriberDescription;
  readonly #options: WatchConnectionOptions;
  // What a push touches is kept at hand: with thousands of receivers each further object is a miss of the cache.
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #frames: TextFrames;
  readonly #liveness: Liveness;
  #subscription: Subscription | undefined;
  #clientPings = false;
  /** Since when the client takes nothing. */
  #stalledMs: number | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: WatchConnectionOptions) {
    this.#options = options;
    this.#webSocket = options.webSocket;
    this.#socket = options.socket;
    this.#frames = options.frames;
    this.description = options.description;
    this.#liveness = new Liveness({ clock: options.clock, pingIntervalMs, readDeadlineMs });
    const pongReply = new PongReply(options.webSocket);
    options.webSocket.on('ping', () => {
      this.#clientPings = true;
      this.#liveness.heard();
      pongReply.to(noPayload);
    });
    options.webSocket.on('pong', () => {
      this.#liveness.heard();
    });
    options.socket.on('drain', () => {
      this.#resume();
    });
  }

  /** Begins to receive pushes, or tells the client why not and closes. */
  start(): void {
    const { isServiceRegistered, subscribe } = this.#options;
    if (!isServiceRegistered()) {
      this.#refuse(serviceGoneText);
      return;
    }
    try {
      this.#subscription = subscribe(this);
    } catch (error) {
      this.#refuse(error instanceof Error ? error.message : 'watching is not possible');
    }
  }

  send(frame: PushFrame): Promise<void> | undefined {
    if (this.#webSocket.readyState !== WebSocket.OPEN) throw new Error('the watch is closed');
    if (this.#socket.write(this.#frames.of(frame))) return undefined;
    this.#stalledMs ??= this.#options.clock.monotonicMs();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  close(end: SubscriptionEnd): void {
    switch (end) {
      case 'shutdown':
        this.leave();
        break;
      case 'forbidden':
        this.#webSocket.close(policyViolation, 'watching is not allowed any more');
        break;
      // A Close frame would wait behind what the client does not take.
      case 'failed':
      case 'slow':
        this.terminate();
        break;
    }
  }

  leave(): void {
    this.#webSocket.close(goingAway);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  tick(nowMs: number): void {
    const { isServiceRegistered } = this.#options;
    const isStalled = this.#stalledMs !== undefined && nowMs - this.#stalledMs >= writeTimeoutMs;
    if (isStalled || this.#liveness.isSilent(nowMs)) {
      this.terminate();
      return;
    }
    if (!this.#liveness.takePing(nowMs) || this.#webSocket.readyState !== WebSocket.OPEN) return;
    if (!isServiceRegistered()) this.#refuse(serviceGoneText);
    else if (!this.#clientPings) this.#webSocket.ping();
  }

  release(): void {
    this.#subscription?.close();
    this.#resume();
  }

  // The reference ends such a watch with the text alone, no Close frame follows.
  #refuse(text: string): void {
    this.#subscription?.close();
    this.#stalledMs ??= this.#options.clock.monotonicMs();
    this.#webSocket.send(text, () => {
      this.terminate();
    });
  }

  #resume(): void {
    this.#stalledMs = undefined;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
