/** How many chunks may be on their way: enough to keep both sides busy. */
const maxChunks = 4;

/** Longer than any chunk takes; a reader that is gone must not keep the sender forever. */
const patienceMs = 10_000;

/**
 * Keeps the thread that reads the database from running ahead of the one that takes the records: chunks that wait are
 * copies outside the heap, and what they once took is not given back to the system.
 */
export class ChunkWindow {
  /** Shared between the threads: how many chunks were taken. */
  readonly taken: Int32Array<SharedArrayBuffer>;
  #sent = 0;

  constructor(taken: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))) {
    this.taken = taken;
  }

  /** Waits for room, in the thread that sends. */
  send(): void {
    for (;;) {
      const taken = Atomics.load(this.taken, 0);
      if (this.#sent - taken < maxChunks) break;
      if (Atomics.wait(this.taken, 0, taken, patienceMs) === 'timed-out') break;
    }
    this.#sent++;
  }

  /** Makes room, in the thread that takes. */
  take(): void {
    Atomics.add(this.taken, 0, 1);
    Atomics.notify(this.taken, 0);
  }
}
