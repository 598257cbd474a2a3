/** What is read of an answer to a renewal (`LeaseKeepAliveResponse`). */
export interface KeepAliveAnswer {
  readonly id: bigint;
  /** 0 when there is no such lease. */
  readonly ttlSeconds: number;
}

/** Of the bytes before a message: whether it is compressed, and its length. */
const prefixBytes = 5;
/** Forty times what an answer takes. What claims to be longer is none, and must not be waited for. */
const maxMessageBytes = 4096;
const idField = 2;
const ttlField = 3;
const wireTypes = { varint: 0, eightBytes: 1, delimited: 2, fourBytes: 5 } as const;

/** Reads answers to renewals from the bytes of a stream, which come in chunks cut anywhere. */
export class KeepAliveDecoder {
  readonly #onAnswer: (answer: KeepAliveAnswer) => void;
  readonly #word = new DataView(new ArrayBuffer(8));
  /** The chunk that is read, behind the part of a message that the chunks before it ended with. */
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param onAnswer - is told of each answer, in order */
  constructor(onAnswer: (answer: KeepAliveAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Reads the next chunk. @throws RangeError when the bytes are no answers; nothing may be read after that */
  read(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    let start = 0;
    while (this.#bytes.length >= start + prefixBytes) {
      const end = start + prefixBytes + this.#messageLength(start);
      if (end > this.#bytes.length) break;
      this.#at = start + prefixBytes;
      this.#onAnswer(this.#answer(end));
      start = end;
    }
    this.#bytes = this.#bytes.subarray(start);
  }

  #messageLength(start: number): number {
    if (this.#bytes[start] !== 0) {
      throw new RangeError('an answer to a renewal is compressed, which was not offered');
    }
    const length = this.#bytes.readUInt32BE(start + 1);
    if (length > maxMessageBytes) {
      throw new RangeError(
        `an answer to a renewal has ${length} bytes, at most are ${maxMessageBytes}`,
      );
    }
    return length;
  }

  #answer(end: number): KeepAliveAnswer {
    // What is 0 is left out.
    let id = 0n;
    let ttlSeconds = 0;
    while (this.#at < end) {
      this.#readVarint();
      const tag = this.#word.getUint32(4);
      const field = tag >>> 3;
      this.#readField(tag & 7);
      if (field === idField) id = this.#word.getBigInt64(0);
      else if (field === ttlField) ttlSeconds = Number(this.#word.getBigInt64(0));
    }
    if (this.#at > end) throw new RangeError('an answer to a renewal ends within a field');
    return { id, ttlSeconds };
  }

  /** Passes a field; when it is a varint, that is what the word holds then. */
  #readField(wireType: number): void {
    switch (wireType) {
      case wireTypes.varint: {
        this.#readVarint();
        break;
      }
      case wireTypes.eightBytes: {
        this.#at += 8;
        break;
      }
      case wireTypes.fourBytes: {
        this.#at += 4;
        break;
      }
      case wireTypes.delimited: {
        this.#readVarint();
        this.#at += this.#word.getUint32(4);
        break;
      }
      default: {
        throw new RangeError(`an answer to a renewal has a field of the unknown type ${wireType}`);
      }
    }
  }

  /** Reads up to 64 bits into the word, in two halves, which is several times as quick as with bigints. */
  #readVarint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError('an answer to a renewal ends within a number');
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#word.setInt32(0, high);
        this.#word.setInt32(4, low);
        return;
      }
    }
    throw new RangeError('an answer to a renewal has a number of more than 64 bits');
  }
}
