import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;
const littleEndianMagic = 0x37_7f_06_82;
const bigEndianMagic = 0x37_7f_06_83;

/**
 * Whether a write-ahead log holds a committed transaction, by SQLite's own rules (the WAL format in its file format
 * documentation): a valid header, and valid frames from the first to one that ends a transaction.
 *
 * Why it is read here: to close a database whose log has nothing valid, SQLite deletes the log, even through a
 * read-only connection. A damaged store must be left as it is.
 */
export function hasCommittedFrames(file: string): boolean {
  if (!existsSync(file)) return false;
  const descriptor = openSync(file, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    if (readSync(descriptor, header, 0, headerBytes, 0) < headerBytes) return false;
    const magic = header.readUInt32BE(0);
    if (magic !== littleEndianMagic && magic !== bigEndianMagic) return false;
    const checksum = new FrameChecksum(magic === bigEndianMagic);
    checksum.add(header.subarray(0, 24));
    if (!checksum.equals(header, 24)) return false;
    const pageSize = header.readUInt32BE(8);
    if (pageSize < 512 || pageSize > 65_536) return false;
    const frame = Buffer.alloc(frameHeaderBytes + pageSize);
    for (let offset = headerBytes; ; offset += frame.length) {
      if (readSync(descriptor, frame, 0, frame.length, offset) < frame.length) return false;
      checksum.add(frame.subarray(0, 8));
      checksum.add(frame.subarray(frameHeaderBytes));
      const isOfThisLog = frame.compare(header, 16, 24, 8, 16) === 0;
      if (!isOfThisLog || !checksum.equals(frame, 16)) return false;
      // The database's size after the transaction; 0 in all frames but its last.
      if (frame.readUInt32BE(4) !== 0) return true;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The running checksum over a log's header and frames. */
class FrameChecksum {
  readonly #isBigEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  add(bytes: Buffer): void {
    for (let offset = 0; offset < bytes.length; offset += 8) {
      this.#first = (this.#first + this.#word(bytes, offset) + this.#second) >>> 0;
      this.#second = (this.#second + this.#word(bytes, offset + 4) + this.#first) >>> 0;
    }
  }

  equals(bytes: Buffer, offset: number): boolean {
    return (
      bytes.readUInt32BE(offset) === this.#first && bytes.readUInt32BE(offset + 4) === this.#second
    );
  }

  #word(bytes: Buffer, offset: number): number {
    return this.#isBigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
  }
}
