import type { Clock } from '@service-center/sdcommon';

import type { Outbox } from './outbox.ts';
import type { PushFrame } from './push-frame.ts';

// Writing to 9,000 sockets takes 76 to 152 ms (design §4); nobody else may wait that long for the event loop.
const sliceMs = 20;
const writesPerLook = 64;

/** Writes one frame to many subscribers, giving way to other work after a slice of time. */
export class FanOut {
  readonly #clock: Clock;
  /** Those whose frames wait for the next slice, in order. */
  readonly #lagging = new Set<Outbox>();
  #nextSlice: NodeJS.Immediate | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hands a frame to all; to the first ones in this turn. */
  send(outboxes: readonly Outbox[], frame: PushFrame, receivedMs: number): void {
    const untilMs = this.#clock.monotonicMs() + sliceMs;
    let isOver = false;
    for (const [index, outbox] of outboxes.entries()) {
      if (index % writesPerLook === writesPerLook - 1)
        isOver ||= this.#clock.monotonicMs() > untilMs;
      if (isOver || this.#lagging.has(outbox)) this.#defer(outbox, frame, receivedMs);
      else outbox.push(frame, receivedMs);
    }
  }

  /** Drains a subscriber when its turn comes. */
  drainLater(outbox: Outbox): void {
    this.#lagging.add(outbox);
    this.#schedule();
  }

  /** Forgets a subscriber. */
  delete(outbox: Outbox): void {
    this.#lagging.delete(outbox);
  }

  /** Forgets all, and the next slice. */
  close(): void {
    this.#lagging.clear();
    if (this.#nextSlice !== undefined) clearImmediate(this.#nextSlice);
    this.#nextSlice = undefined;
  }

  #defer(outbox: Outbox, frame: PushFrame, receivedMs: number): void {
    outbox.queue(frame, receivedMs);
    this.drainLater(outbox);
  }

  #schedule(): void {
    this.#nextSlice ??= setImmediate(() => {
      this.#runSlice();
    });
  }

  #runSlice(): void {
    this.#nextSlice = undefined;
    const untilMs = this.#clock.monotonicMs() + sliceMs;
    for (const outbox of this.#lagging) {
      this.#lagging.delete(outbox);
      // One that has more to write lines up again behind the others.
      outbox.drain();
      if (this.#clock.monotonicMs() > untilMs) break;
    }
    if (this.#lagging.size > 0) this.#schedule();
  }
}
