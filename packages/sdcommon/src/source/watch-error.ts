/** Why a watch cannot go on. */
export type WatchErrorReason =
  /** The history after the position is no longer kept. */
  | 'compacted'
  /** The position belongs to another history, or lies beyond the end of this one. */
  | 'invalidPosition'
  /** The connection broke; the position is as good as before. */
  | 'transport'
  /** The store answered something that makes no sense. */
  | 'protocol';

/** The end of a watch session that did not end well. */
export class WatchError extends Error {
  readonly reason: WatchErrorReason;

  constructor(reason: WatchErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WatchError';
    this.reason = reason;
  }

  /** Whether the position can no longer be used, so that the reader has to list again. */
  get positionLost(): boolean {
    return this.reason !== 'transport';
  }
}
