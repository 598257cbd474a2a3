import type { Duplex } from 'node:stream';

import type { PushFrame, Subscriber, Subscription } from '@service-center/registry';
import type { Clock } from '@service-center/sdcommon';
import { WebSocket } from 'ws';

/** How a watch is kept alive (spec 04 §5.5), milliseconds. */
export interface WatchTiming {
  readonly pingIntervalMs: number;
  /** A client that sends neither Ping nor Pong for so long is gone. */
  readonly readDeadlineMs: number;
  /** A client that takes nothing for so long is gone. */
  readonly writeTimeoutMs: number;
}

/** What a {@link WatchConnection} works with. */
export interface WatchConnectionOptions {
  readonly webSocket: WebSocket;
  /** The connection below the websocket. */
  readonly socket: Duplex;
  readonly clock: Clock;
  readonly timing: WatchTiming;
  /** Puts the frame around a push; the same buffer for every receiver of it. */
  readonly frameOf: (frame: PushFrame) => Buffer;
  /** Whether the watching service is still registered. */
  readonly isServiceRegistered: () => boolean;
}

/** What a client is told when the service it watches for is not there; the Go client knows this text. */
const serviceGoneText = 'service does not exist';

const goingAway = 1001;

/** One websocket of a consumer (spec 04 §5). Has no timer of its own: {@link WatchConnection.tick} is called for all. */
export class WatchConnection implements Subscriber {
  readonly #options: WatchConnectionOptions;
  #subscription: Subscription | undefined;
  #heardMs: number;
  #nextPingMs: number;
  #clientPings = false;
  /** Since when the client takes nothing. */
  #stalledMs: number | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: WatchConnectionOptions) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    this.#nextPingMs = this.#heardMs + options.timing.pingIntervalMs;
    options.webSocket.on('ping', () => {
      this.#clientPings = true;
      this.#heard();
      options.webSocket.pong();
    });
    options.webSocket.on('pong', () => {
      this.#heard();
    });
    options.socket.on('drain', () => {
      this.#resume();
    });
  }

  /** Begins to receive pushes, or tells the client why not and closes. */
  start(subscribe: (subscriber: Subscriber) => Subscription): void {
    if (!this.#options.isServiceRegistered()) {
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
    const { webSocket, socket, clock, frameOf } = this.#options;
    if (webSocket.readyState !== WebSocket.OPEN) throw new Error('the watch is closed');
    if (socket.write(frameOf(frame))) return undefined;
    this.#stalledMs ??= clock.monotonicMs();
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  close(reason: 'failed' | 'shutdown'): void {
    if (reason === 'shutdown') this.#options.webSocket.close(goingAway);
    else this.terminate();
  }

  /** Cuts the connection. */
  terminate(): void {
    this.#options.webSocket.terminate();
  }

  /** Pings, and ends what has died. Called every half second. */
  tick(nowMs: number): void {
    const { timing, webSocket, isServiceRegistered } = this.#options;
    const isSilent = nowMs - this.#heardMs >= timing.readDeadlineMs;
    const isStalled =
      this.#stalledMs !== undefined && nowMs - this.#stalledMs >= timing.writeTimeoutMs;
    if (isSilent || isStalled) {
      this.terminate();
      return;
    }
    if (nowMs < this.#nextPingMs || webSocket.readyState !== WebSocket.OPEN) return;
    this.#nextPingMs = nowMs + timing.pingIntervalMs;
    if (!isServiceRegistered()) this.#refuse(serviceGoneText);
    else if (!this.#clientPings) webSocket.ping();
  }

  /** Lets go of everything; to be called when the websocket has closed. */
  release(): void {
    this.#subscription?.close();
    this.#resume();
  }

  // The reference ends such a watch with the text alone, no Close frame follows.
  #refuse(text: string): void {
    this.#subscription?.close();
    this.#stalledMs ??= this.#options.clock.monotonicMs();
    this.#options.webSocket.send(text, () => {
      this.terminate();
    });
  }

  #heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
  }

  #resume(): void {
    this.#stalledMs = undefined;
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
