import type { PushFrame } from '@service-center/registry';

import { encodeTextFrame } from './text-frame.ts';

/** Puts the websocket frame around pushes, once for all receivers of each. */
export class TextFrames {
  readonly #frames = new WeakMap<PushFrame, Buffer>();
  /** Mostly the next receiver gets the same push as the one before. */
  #latest: { readonly push: PushFrame; readonly bytes: Buffer } | undefined;

  /** The frame of a push, which must not be changed. */
  of(push: PushFrame): Buffer {
    if (this.#latest?.push === push) return this.#latest.bytes;
    let bytes = this.#frames.get(push);
    if (bytes === undefined) {
      bytes = encodeTextFrame(push.payload);
      this.#frames.set(push, bytes);
    }
    this.#latest = { push, bytes };
    return bytes;
  }
}
