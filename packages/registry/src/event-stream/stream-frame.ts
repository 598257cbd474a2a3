/** What a message of an event stream says. */
export type StreamFrameKind = 'reset' | 'change' | 'synchronized';

/**
 * One message of an event stream in the form in which every receiver gets it. A change is the same object for all of
 * them, so whoever frames it for the wire can remember the frame for it.
 */
export class StreamFrame {
  readonly kind: StreamFrameKind;
  /** Where to go on after this message; undefined in `reset`, and in the changes of a snapshot. */
  readonly position: string | undefined;
  /** The JSON of the message: a `StreamReset`, `RegistryChange` or `StreamSynchronized`. */
  readonly text: string;
  #payload: Buffer | undefined;

  constructor(kind: StreamFrameKind, text: string, position: string | undefined) {
    this.kind = kind;
    this.text = text;
    this.position = position;
  }

  /** The text as UTF-8; made once. */
  get payload(): Buffer {
    this.#payload ??= Buffer.from(this.text);
    return this.#payload;
  }
}
