/** A delivery: which change of the log it is, and its slot in the push trace. */
export interface QueuedDelivery {
  readonly sequence: number;
  readonly slot: number;
}

// So many places that were taken from the front are given back at once.
const compactAt = 256;

/** Deliveries in order, as numbers: what is delivered is in the log. */
export class DeliveryQueue {
  #sequences: number[] = [];
  #slots: number[] = [];
  #taken = 0;

  /** How many there are. */
  get length(): number {
    return this.#sequences.length - this.#taken;
  }

  /** Adds one at the end. */
  push(sequence: number, slot: number): void {
    this.#sequences.push(sequence);
    this.#slots.push(slot);
  }

  /** The first one. */
  peek(): QueuedDelivery | undefined {
    const sequence = this.#sequences[this.#taken];
    const slot = this.#slots[this.#taken];
    return sequence === undefined || slot === undefined ? undefined : { sequence, slot };
  }

  /** Takes the first one away. */
  shift(): QueuedDelivery | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#taken++;
    if (this.#taken >= compactAt && this.#taken * 2 >= this.#sequences.length) {
      this.#sequences = this.#sequences.slice(this.#taken);
      this.#slots = this.#slots.slice(this.#taken);
      this.#taken = 0;
    }
    return first;
  }
}
