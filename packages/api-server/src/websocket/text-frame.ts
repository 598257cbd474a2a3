const finalText = 0x81;
const maxTinyLength = 125;
const maxShortLength = 0xffff;

/**
 * Puts a websocket text frame around a payload (RFC 6455 §5.2; a server does not mask). The library would do it for
 * each receiver anew; a push goes to thousands of them as one buffer.
 */
export function encodeTextFrame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length <= maxTinyLength) return Buffer.concat([Buffer.from([finalText, length]), payload]);
  if (length <= maxShortLength) {
    const head = Buffer.from([finalText, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return Buffer.concat([head, payload]);
  }
  const head = Buffer.alloc(10);
  head[0] = finalText;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
