import type { Clock } from '@service-center/sdcommon';

import type { Stream } from './stream.ts';

/** How long one turn of the event loop may go to streams, milliseconds (design §3.5). */
export const sliceMs = 8;

/** Gives streams that have something to do their turns, and gives way to others in between. */
export class StreamSchedule {
  readonly #clock: Clock;
  /** Those that have something to do, in order. */
  readonly #due = new Set<Stream>();
  /** Those whose subscriber takes nothing at the moment. */
  readonly #blocked = new Set<Stream>();
  #nextSlice: NodeJS.Immediate | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Gives a stream a turn soon. */
  add(stream: Stream): void {
    this.#due.add(stream);
    this.#nextSlice ??= setImmediate(() => {
      this.#runSlice();
    });
  }

  /** A stream waits for its subscriber. */
  block(stream: Stream): void {
    this.#blocked.add(stream);
  }

  /** A stream waits no longer. */
  unblock(stream: Stream): void {
    this.#blocked.delete(stream);
  }

  /** The log has grown: those who wait look what of it is for them. */
  wakeBlocked(): void {
    for (const stream of this.#blocked) this.add(stream);
  }

  /** Forgets a stream. */
  delete(stream: Stream): void {
    this.#due.delete(stream);
    this.#blocked.delete(stream);
  }

  /** Forgets all, and the next slice. */
  close(): void {
    this.#due.clear();
    this.#blocked.clear();
    if (this.#nextSlice !== undefined) clearImmediate(this.#nextSlice);
    this.#nextSlice = undefined;
  }

  #runSlice(): void {
    this.#nextSlice = undefined;
    const untilMs = this.#clock.monotonicMs() + sliceMs;
    // One that has more to do comes back behind the others, and gets its turn in another slice.
    let left = this.#due.size;
    for (const stream of this.#due) {
      if (left-- === 0) break;
      this.#due.delete(stream);
      this.#work(stream);
      if (this.#clock.monotonicMs() > untilMs) break;
    }
    const [next] = this.#due;
    if (next !== undefined) this.add(next);
  }

  /** A subscriber that cannot say what it may see harms nobody else. */
  #work(stream: Stream): void {
    try {
      stream.work();
    } catch (error) {
      stream.end('failed', error);
    }
  }
}
