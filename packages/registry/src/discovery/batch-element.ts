/** A checked element of a batch find that can be answered. What it throws is its outcome. */
export interface BatchElement<A> {
  readonly rev: string;
  /** From memory. */
  readonly now: () => A;
  /** With what the store holds. */
  readonly fresh: () => Promise<A>;
}
