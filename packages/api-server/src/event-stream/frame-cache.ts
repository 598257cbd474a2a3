import type { StreamFrame } from '@service-center/registry';

/**
 * Far more messages than go out in one turn. Those who lag behind may need an older one, which is then encoded again:
 * keeping an encoding for as long as the message itself lives would double the log of changes for each channel.
 */
const capacity = 256;

/** What the messages of event streams became on the wire, so that all receivers of one share it. */
export class FrameCache<Encoded> {
  readonly #encode: (frame: StreamFrame) => Encoded;
  readonly #frames = new Map<StreamFrame, Encoded>();

  constructor(encode: (frame: StreamFrame) => Encoded) {
    this.#encode = encode;
  }

  /** The encoding of a message, which must not be changed. */
  of(frame: StreamFrame): Encoded {
    let encoded = this.#frames.get(frame);
    if (encoded === undefined) {
      encoded = this.#encode(frame);
      // A message of a snapshot is for one receiver only.
      if (frame.position === undefined) return encoded;
      if (this.#frames.size >= capacity) this.#forgetOldest();
      this.#frames.set(frame, encoded);
    }
    return encoded;
  }

  #forgetOldest(): void {
    for (const oldest of this.#frames.keys()) {
      this.#frames.delete(oldest);
      return;
    }
  }
}
