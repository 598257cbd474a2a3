/** A flag, the length of the message, the tag of the field, and ten bytes for 64 bits. */
const maxBytes = 5 + 1 + 10;
/** Field 1, a varint. */
const idTag = 1 << 3;
/** Of the bytes before a message: whether it is compressed, and its length. */
const prefixBytes = 5;

/**
 * Encodes requests to renew leases (`LeaseKeepAliveRequest`), one after the other, each as gRPC delimits messages.
 *
 * @param ids - any of 64 bits
 */
export function encodeKeepAliveRequests(ids: readonly bigint[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * maxBytes);
  let at = 0;
  for (const id of ids) {
    const end = writeVarint(bytes, at + prefixBytes + 1, id);
    bytes[at] = 0;
    bytes.writeUInt32BE(end - at - prefixBytes, at + 1);
    bytes[at + prefixBytes] = idTag;
    at = end;
  }
  return bytes.subarray(0, at);
}

/** Writes 64 bits, seven in a byte, the lowest first; returns where they end. */
function writeVarint(bytes: Buffer, start: number, value: bigint): number {
  // In two halves: arithmetic on numbers is several times as quick as on bigints.
  const unsigned = BigInt.asUintN(64, value);
  let low = Number(unsigned & 0xffff_ffffn);
  let high = Number(unsigned >> 32n);
  let at = start;
  while (high > 0 || low > 0x7f) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[at++] = low;
  return at;
}
