import type { ServerResponse } from 'node:http';

import type {
  StreamFrame,
  StreamSubscriber,
  StreamSubscription,
  SubscriberDescription,
} from '@service-center/registry';
import type { Clock, StreamLeaveReason } from '@service-center/sdcommon';

import { Backpressure } from './backpressure.ts';
import { encodeSseLeave, sseKeepAlive, sseOpening } from './sse-message.ts';

/** What an {@link SseConnection} works with. */
export interface SseConnectionOptions {
  readonly description: SubscriberDescription;
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Encodes a message; the same buffer for every receiver of it. */
  readonly encode: (frame: StreamFrame) => Buffer;
}

/** A connection on which nothing was written for so long gets a comment, milliseconds. */
const keepAliveMs = 15_000;
/** A client that does not take what is written for so long is gone, milliseconds. */
const writeTimeoutMs = 30_000;

/** One stream of server-sent events. Has no timer of its own. */
export class SseConnection implements StreamSubscriber {
  readonly description: SubscriberDescription;
  readonly #options: SseConnectionOptions;
  readonly #backpressure: Backpressure;
  #subscription: StreamSubscription | undefined;
  #writtenMs: number;

  constructor(options: SseConnectionOptions) {
    const { description, clock } = options;
    this.description = description;
    this.#options = options;
    this.#backpressure = new Backpressure(clock);
    this.#writtenMs = clock.monotonicMs();
  }

  /** Begins to write; the head of the answer is there. */
  start(subscription: StreamSubscription): void {
    this.#subscription = subscription;
    // The limit of the server is for answers that end; what goes on is watched here.
    this.#options.response.setTimeout(0);
    this.#options.response.write(sseOpening);
  }

  send(frame: StreamFrame): Promise<void> | undefined {
    const { response, clock, encode } = this.#options;
    if (response.destroyed || response.writableEnded) throw new Error('the stream is closed');
    this.#writtenMs = clock.monotonicMs();
    return response.write(encode(frame)) ? undefined : this.#backpressure.build();
  }

  /** The client has taken what was waiting for it. */
  drained(): void {
    this.#backpressure.relieve();
  }

  close(end: StreamLeaveReason): void {
    if (end === 'failed') this.terminate();
    else this.leave(end);
  }

  /** Tells the client that the stream is over, and why. */
  leave(reason: StreamLeaveReason): void {
    const { response } = this.#options;
    if (response.writableEnded) return;
    this.#subscription?.close();
    this.#backpressure.expectRelief();
    response.end(encodeSseLeave(reason));
  }

  /** Cuts the connection. */
  terminate(): void {
    this.#options.response.destroy();
  }

  /** Keeps the connection in use, and ends it when the client takes nothing. Called every second. */
  tick(nowMs: number): void {
    const { response } = this.#options;
    if (this.#backpressure.hasLasted(writeTimeoutMs, nowMs)) {
      this.terminate();
      return;
    }
    if (nowMs - this.#writtenMs < keepAliveMs) return;
    if (response.writableEnded || response.writableNeedDrain) return;
    this.#writtenMs = nowMs;
    response.write(sseKeepAlive);
  }

  /** Lets go of everything; called when the connection has closed. */
  release(): void {
    this.#subscription?.close();
    this.#backpressure.relieve();
  }
}
