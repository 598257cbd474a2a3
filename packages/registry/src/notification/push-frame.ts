import type { TracedPush } from '../push-trace/index.ts';

/** Where a {@link PushFrame} comes from. */
export interface PushFrameOrigin {
  readonly push: TracedPush;
  /** Names the provider that the push is about: the key of its record. */
  readonly provider: string;
  /** Makes the frame that tells to forget the provider; undefined in such a frame. */
  readonly expire: (() => PushFrame) | undefined;
}

/**
 * One event in the form in which every receiver gets it. The same object goes to all of them, so whoever frames it for
 * the wire can remember the frame for it.
 */
export class PushFrame {
  /** The JSON of spec 04 §5.2. */
  readonly text: string;
  /** undefined in the events of a list: they are no news. */
  readonly origin: PushFrameOrigin | undefined;
  #payload: Buffer | undefined;
  #expiry: PushFrame | undefined;

  constructor(text: string, origin?: PushFrameOrigin) {
    this.text = text;
    this.origin = origin;
  }

  /** The text as UTF-8; made once. */
  get payload(): Buffer {
    this.#payload ??= Buffer.from(this.text);
    return this.#payload;
  }

  /**
   * The frame for whom this one and others of the provider were dropped: it tells to forget the provider. Made once, and
   * in such a frame itself.
   */
  get expiry(): PushFrame {
    this.#expiry ??= this.origin?.expire?.() ?? this;
    return this.#expiry;
  }
}
