import { crc32 } from 'node:zlib';

/**
 * Checksums of rows: SQLite notices damage of its own structure, but not a changed byte inside a text or a number.
 */
export class RowChecksum {
  readonly #numbers: BigInt64Array;
  readonly #bytes: Uint8Array;

  /** @param numbersPerRow - how many numbers each row has */
  constructor(numbersPerRow: number) {
    this.#numbers = new BigInt64Array(numbersPerRow);
    this.#bytes = new Uint8Array(this.#numbers.buffer);
  }

  /** The checksum of a row's texts and of as many numbers as were announced. */
  of(key: string, value: string, numbers: BigInt64Array): bigint {
    this.#numbers.set(numbers);
    return BigInt(crc32(value, crc32(key, crc32(this.#bytes))));
  }
}
