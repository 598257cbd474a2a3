/** What a delivery takes: five numbers of four bytes, one of one. */
export const bytesPerDelivery = 21;

/**
 * A run of deliveries as columns: as objects, those of ten busy minutes would be most of the heap.
 *
 * Times are microseconds after the push was applied, plus one; 0 stands for none.
 */
export class DeliverySegment {
  readonly capacity: number;
  /** The lowest 32 bits of the push's number. */
  readonly push: Uint32Array;
  /** The lowest 32 bits of the subscriber's number. */
  readonly subscriber: Uint32Array;
  readonly queued: Uint32Array;
  readonly sent: Uint32Array;
  /** When it was acknowledged or dropped. */
  readonly ended: Uint32Array;
  /** 0, or why it was dropped: the reason's place in `dropReasons` plus one. */
  readonly dropped: Uint8Array;
  /** How many deliveries there are. */
  length = 0;
  /** The number of the latest push that has a delivery here. */
  lastPush = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.push = new Uint32Array(capacity);
    this.subscriber = new Uint32Array(capacity);
    this.queued = new Uint32Array(capacity);
    this.sent = new Uint32Array(capacity);
    this.ended = new Uint32Array(capacity);
    this.dropped = new Uint8Array(capacity);
  }
}
