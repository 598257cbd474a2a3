const textKind = 0x81;
const pingKind = 0x89;
const closeKind = 0x88;
const headEnd = Buffer.from('\r\n\r\n');
const nothing = Buffer.alloc(0);
// Of a client, masked with zeros.
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const maxShortPayload = 125;

/** What {@link WebSocketFrames} tell. */
export interface WebSocketFramesListener {
  /** The server has agreed to the handshake. */
  onOpen(): void;
  /** A text has come; its bytes may be overwritten afterwards. */
  onText(payload: Buffer): void;
  /** Sends bytes to the server. */
  reply(bytes: Buffer): void;
  /** The stream is over, or not what was expected. */
  onEnd(why: string): void;
}

/** Finds the frames in what a websocket server sends (RFC 6455 §5.2). */
export class WebSocketFrames {
  readonly #listener: WebSocketFramesListener;
  #isOpen = false;
  /** The beginning of what is still to come as a whole. */
  #cut = nothing;

  constructor(listener: WebSocketFramesListener) {
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
    const available = bytes.length - offset;
    if (available < 2) return 0;
    const short = bytes[offset + 1] ?? 0;
    const headLength = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (available < headLength) return 0;
    let length = short;
    if (short === 126) length = bytes.readUInt16BE(offset + 2);
    else if (short === 127) length = Number(bytes.readBigUInt64BE(offset + 2));
    const end = headLength + length;
    if (available < end) return 0;
    const kind = bytes[offset];
    if (kind === textKind) this.#listener.onText(bytes.subarray(offset + headLength, offset + end));
    else if (kind === pingKind) this.#listener.reply(pong);
    else
      this.#listener.onEnd(
        kind === closeKind ? 'a Close frame' : `a frame of kind ${String(kind)}`,
      );
    return end;
  }
}

/** The request with which a client begins. */
export function handshake(host: string, path: string): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'X-Domain-Name: default',
    '\r\n',
  ].join('\r\n');
}

/** A text as a client sends it. @throws RangeError when it is longer than 125 bytes */
export function clientText(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > maxShortPayload) throw new RangeError(`${text} is too long`);
  return Buffer.concat([Buffer.from([textKind, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
