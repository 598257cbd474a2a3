/**
 * One event in the form in which every receiver gets it. The same object goes to all of them, so whoever frames it for
 * the wire can remember the frame for it.
 */
export class PushFrame {
  /** The JSON of spec 04 §5.2. */
  readonly text: string;
  #payload: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The text as UTF-8; made once. */
  get payload(): Buffer {
    this.#payload ??= Buffer.from(this.text);
    return this.#payload;
  }
}
