import { bytesPerDelivery, DeliverySegment } from './delivery-segment.ts';

/**
 * The deliveries of the latest pushes, in the order in which they were queued. Each has a sequence number; what is
 * forgotten is forgotten by whole segments, and to mark it then does nothing.
 */
export class DeliveryLog {
  readonly #capacity: number;
  readonly #onGrow: () => void;
  readonly #segments: DeliverySegment[] = [];
  /** How many segments were dropped. */
  #droppedCount = 0;

  /**
   * @param capacity - deliveries of a segment
   * @param onGrow - called after a segment was added
   */
  constructor(capacity: number, onGrow: () => void) {
    this.#capacity = capacity;
    this.#onGrow = onGrow;
  }

  /** What the log takes in memory, bytes. */
  get bytes(): number {
    return this.#segments.length * this.#capacity * bytesPerDelivery;
  }

  /** The oldest first; the last one is being filled. A live view. */
  get segments(): readonly DeliverySegment[] {
    return this.#segments;
  }

  /** Adds a delivery. @returns its sequence number */
  append(push: number, subscriber: number, queuedTick: number): number {
    let segment = this.#segments.at(-1);
    const isNew = segment === undefined || segment.length === this.#capacity;
    if (segment === undefined || isNew) {
      segment = new DeliverySegment(this.#capacity);
      this.#segments.push(segment);
    }
    const index = segment.length++;
    const sequence = (this.#droppedCount + this.#segments.length - 1) * this.#capacity + index;
    segment.push[index] = push;
    segment.subscriber[index] = subscriber;
    segment.queued[index] = queuedTick;
    if (push > segment.lastPush) segment.lastPush = push;
    if (isNew) this.#onGrow();
    return sequence;
  }

  sent(sequence: number, tick: number): void {
    const segment = this.#segmentOf(sequence);
    if (segment !== undefined) segment.sent[sequence % this.#capacity] = tick;
  }

  acknowledged(sequence: number, tick: number): void {
    const segment = this.#segmentOf(sequence);
    if (segment !== undefined) segment.ended[sequence % this.#capacity] = tick;
  }

  /** @param code - why: the reason's place in `dropReasons` plus one */
  dropped(sequence: number, tick: number, code: number): void {
    const segment = this.#segmentOf(sequence);
    if (segment === undefined) return;
    const index = sequence % this.#capacity;
    segment.ended[index] = tick;
    segment.dropped[index] = code;
  }

  /**
   * Forgets what is only of pushes before this one, but for the segment that is being filled: a reader that lags behind
   * may take pushes that are forgotten already, and would have a new segment made for each delivery.
   */
  forget(firstPush: number): void {
    for (let [oldest] = this.#segments; oldest !== undefined; [oldest] = this.#segments) {
      if (oldest.lastPush >= firstPush || oldest.length < this.#capacity) return;
      this.#segments.shift();
      this.#droppedCount++;
    }
  }

  #segmentOf(sequence: number): DeliverySegment | undefined {
    return this.#segments[Math.floor(sequence / this.#capacity) - this.#droppedCount];
  }
}
