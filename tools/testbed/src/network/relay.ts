import type { Socket } from 'node:net';

import type { Clock } from '@service-center/sdcommon';

/** What happens to bytes on their way in one direction. */
export interface RelayCondition {
  /** They vanish, and so does the end of the stream. */
  readonly isSwallowing: boolean;
  /** How long each of them is under way, milliseconds. */
  readonly delayMs: number;
}

/** Between which sockets, and by which time. */
export interface RelayOptions {
  readonly source: Socket;
  readonly sink: Socket;
  readonly clock: Clock;
  readonly condition: RelayCondition;
}

interface Parcel {
  readonly dueMs: number;
  /** Undefined: the end of the stream. */
  readonly bytes: Buffer | undefined;
}

/** How much may be under way before the source has to wait. */
const underWayLimitBytes = 8 * 1024 * 1024;

/** One direction of a connection: what comes from the source goes to the sink, in order, under a condition. */
export class Relay {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #clock: Clock;
  readonly #underWay: Parcel[] = [];
  #condition: RelayCondition;
  #underWayBytes = 0;
  #lastDueMs = 0;
  #hasLost = false;
  #swallowedBytes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: RelayOptions) {
    this.#source = options.source;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#condition = options.condition;
    this.#sink.on('drain', () => {
      this.#deliver();
    });
    this.#source.on('data', (bytes: Buffer) => {
      this.#send(bytes);
    });
    this.#source.once('end', () => {
      this.#send(undefined);
    });
    this.#source.once('close', (hadError: boolean) => {
      if (hadError) this.#passReset();
    });
    this.#regulate();
  }

  /** True when something was swallowed: the stream can never be whole again. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** Bytes that have vanished. */
  get swallowedBytes(): number {
    return this.#swallowedBytes;
  }

  /** Bytes that are delayed, or wait for a slow sink. */
  get underWayBytes(): number {
    return this.#underWayBytes;
  }

  /** Changes the condition for what comes from now on; what is under way arrives when it was due. */
  setCondition(condition: RelayCondition): void {
    this.#condition = condition;
    this.#regulate();
  }

  /** Forgets what is under way. */
  close(): void {
    this.#cancelTimer?.();
    this.#underWay.length = 0;
    this.#underWayBytes = 0;
  }

  #send(bytes: Buffer | undefined): void {
    if (this.#condition.isSwallowing) {
      this.#hasLost = true;
      this.#swallowedBytes += bytes?.length ?? 0;
      return;
    }
    // A shorter delay lets nothing overtake what was sent before.
    const dueMs = this.#clock.monotonicMs() + this.#condition.delayMs;
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
    this.#underWay.push({ dueMs: this.#lastDueMs, bytes });
    this.#underWayBytes += bytes?.length ?? 0;
    this.#deliver();
  }

  #deliver(): void {
    this.#cancelTimer?.();
    for (;;) {
      const [parcel] = this.#underWay;
      if (parcel === undefined || this.#sink.writableNeedDrain) break;
      const waitMs = parcel.dueMs - this.#clock.monotonicMs();
      if (waitMs > 0) {
        this.#cancelTimer = this.#clock.schedule(Math.ceil(waitMs), () => {
          this.#deliver();
        });
        break;
      }
      this.#underWay.shift();
      this.#underWayBytes -= parcel.bytes?.length ?? 0;
      if (parcel.bytes === undefined) this.#sink.end();
      else this.#sink.write(parcel.bytes);
    }
    this.#regulate();
  }

  #regulate(): void {
    if (this.#source.destroyed) return;
    const isFull = this.#underWayBytes >= underWayLimitBytes || this.#sink.writableNeedDrain;
    if (isFull && !this.#condition.isSwallowing) this.#source.pause();
    else this.#source.resume();
  }

  #passReset(): void {
    if (this.#condition.isSwallowing) this.#hasLost = true;
    else reset(this.#sink);
  }
}

/** Ends a socket with a reset, so that the other side sees an error and no orderly end. */
export function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
