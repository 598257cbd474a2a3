import type { Clock } from '@service-center/sdcommon';

import type { Outbox } from './outbox.ts';
import type { PushFrame } from './push-frame.ts';

// Writing to 9,000 sockets takes 76 to 152 ms (design §4); nobody else may wait that long for the event loop. Lining up
// so many takes about 5 ms more in the turn of the change, and a collection of garbage may fall into it: together they
// are to stay below 20 ms.
const sliceMs = 4;
/** What those who wait get of each turn at least: changes for others that never end must not starve them. */
const leastMs = 2;
// A write takes some 10 µs, so a slice is overdrawn by a fraction of a millisecond.
const writesPerLook = 16;

/** Writes frames to many subscribers each, giving way to other work when a turn of the event loop has taken its time. */
export class FanOut {
  readonly #clock: Clock;
  /** Those whose frames wait for the next slice, in order; each once. */
  #line: Outbox[] = [];
  #nextSlice: NodeJS.Immediate | undefined;
  /** Until when this turn may write, monotonic milliseconds; undefined when it has not begun to. */
  #turnEndsMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hands a frame to all; in this turn to as many as its time allows, which all frames of the turn share. */
  send(outboxes: readonly Outbox[], frame: PushFrame, receivedMs: number): void {
    const untilMs = this.#beginTurn();
    let isOver = this.#clock.monotonicMs() > untilMs;
    let written = 0;
    for (const outbox of outboxes) {
      if (isOver || outbox.isInLine) {
        outbox.queue(frame, receivedMs);
        this.#lineUp(outbox);
      } else {
        outbox.push(frame, receivedMs);
        if (++written % writesPerLook === 0) isOver = this.#clock.monotonicMs() > untilMs;
      }
    }
  }

  /** Drains a subscriber when its turn comes. */
  drainLater(outbox: Outbox): void {
    this.#lineUp(outbox);
    this.#schedule();
  }

  /** Forgets all, and the next slice. */
  close(): void {
    this.#line = [];
    if (this.#nextSlice !== undefined) clearImmediate(this.#nextSlice);
    this.#nextSlice = undefined;
  }

  #beginTurn(): number {
    this.#schedule();
    this.#turnEndsMs ??= this.#clock.monotonicMs() + sliceMs;
    return this.#turnEndsMs;
  }

  #lineUp(outbox: Outbox): void {
    if (outbox.isInLine) return;
    outbox.isInLine = true;
    this.#line.push(outbox);
  }

  #schedule(): void {
    this.#nextSlice ??= setImmediate(() => {
      this.#runSlice();
    });
  }

  #runSlice(): void {
    this.#nextSlice = undefined;
    const nowMs = this.#clock.monotonicMs();
    const untilMs = Math.max(this.#turnEndsMs ?? nowMs + sliceMs, nowMs + leastMs);
    this.#turnEndsMs = undefined;
    let served = 0;
    for (const outbox of this.#line) {
      served++;
      outbox.isInLine = false;
      // One that has more to write lines up again behind the others; one that has ended meanwhile writes nothing.
      outbox.drain();
      if (this.#clock.monotonicMs() > untilMs) break;
    }
    this.#line = this.#line.slice(served);
    if (this.#line.length > 0) this.#schedule();
  }
}
