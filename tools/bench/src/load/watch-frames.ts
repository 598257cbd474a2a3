const textFrame = 0x81;
const pingFrame = 0x89;
const closeFrame = 0x88;
const headEnd = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);

/** What a {@link WatchFrames} tells. */
export interface WatchFramesListener {
  /** The server has agreed to the handshake. */
  onOpen(): void;
  /** A whole event was received. */
  onPush(): void;
  /** The server wants to know whether the client is there. */
  onPing(): void;
  /** The stream is over, or not what was expected. */
  onEnd(why: string): void;
}

/**
 * Counts the frames in what a websocket server sends (RFC 6455 §5.2) and keeps none: 10,000 clients in one thread have
 * to cost less than the server that they load.
 */
export class WatchFrames {
  readonly #listener: WatchFramesListener;
  #isOpen = false;
  /** The beginning of a head whose rest is still to come. */
  #cut = nothing;
  /** Bytes that are missing of a push. */
  #missing = 0;

  constructor(listener: WatchFramesListener) {
    this.#listener = listener;
  }

  /** Takes what has arrived. The bytes may be overwritten afterwards. */
  take(arrived: Buffer): void {
    const bytes = this.#cut.length > 0 ? Buffer.concat([this.#cut, arrived]) : arrived;
    this.#cut = nothing;
    let offset = 0;
    while (offset < bytes.length) {
      const taken = this.#isOpen ? this.#takeFrame(bytes, offset) : this.#takeAnswer(bytes);
      if (taken === 0) {
        this.#cut = Buffer.from(bytes.subarray(offset));
        return;
      }
      offset += taken;
    }
  }

  /** @returns how many bytes it has taken; 0 when more are needed */
  #takeAnswer(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end < 0) return 0;
    const [statusLine = ''] = bytes.toString('latin1', 0, end).split('\r\n');
    if (!statusLine.startsWith('HTTP/1.1 101 ')) this.#listener.onEnd(statusLine);
    this.#isOpen = true;
    this.#listener.onOpen();
    return end + headEnd.length;
  }

  #takeFrame(bytes: Buffer, offset: number): number {
    if (this.#missing > 0) {
      const taken = Math.min(this.#missing, bytes.length - offset);
      this.#missing -= taken;
      if (this.#missing === 0) this.#listener.onPush();
      return taken;
    }
    if (bytes.length - offset < 2) return 0;
    const kind = bytes[offset];
    const short = bytes[offset + 1] ?? 0;
    const headLength = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length - offset < headLength) return 0;
    if (kind === textFrame) {
      if (short === 126) this.#missing = bytes.readUInt16BE(offset + 2);
      else if (short === 127) this.#missing = Number(bytes.readBigUInt64BE(offset + 2));
      else this.#missing = short;
      if (this.#missing === 0) this.#listener.onPush();
      return headLength;
    }
    if (kind === pingFrame && short === 0) this.#listener.onPing();
    else if (kind === closeFrame) this.#listener.onEnd('a Close frame');
    else this.#listener.onEnd(`a frame of kind ${String(kind)}`);
    return headLength + short;
  }
}
