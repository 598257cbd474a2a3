import { StoredRecord } from './keyspace/stored-record.ts';
import type { LeaseTable } from './lease/lease-table.ts';
import { numbersPerRow, type RecordColumns } from './worker/protocol.ts';

/** Builds the records and leases from what the database holds. */
export class RecordLoader {
  readonly #records = new Map<string, StoredRecord>();
  readonly #leases: LeaseTable;
  readonly #nowMs: number;
  #rows = 0;
  #lastRowId = 0;
  #lastRevision = 0n;
  #lastLease = 0n;
  #highestRevision = 0n;

  /**
   * @param leases - gets the leases, each with its full time to live
   * @param nowMs - when they begin
   */
  constructor(leases: LeaseTable, nowMs: number) {
    this.#leases = leases;
    this.#nowMs = nowMs;
  }

  /** All records by key. */
  get records(): Map<string, StoredRecord> {
    return this.#records;
  }

  /** The highest row in use. */
  get lastRowId(): number {
    return this.#lastRowId;
  }

  /** Takes over rows, which come in the order of their ids. */
  add({ keys, values, numbers }: RecordColumns): void {
    for (const [row, key] of keys.entries()) {
      const offset = row * numbersPerRow;
      const value = values[row] ?? '';
      this.#lastRowId = Number(numbers[offset] ?? 0n);
      const createRevision = this.#shared(numbers[offset + 1] ?? 0n);
      const modRevision = this.#shared(numbers[offset + 2] ?? 0n);
      const version = numbers[offset + 3] ?? 0n;
      const lease = numbers[offset + 4] ?? 0n;
      if (lease !== 0n) this.#hang(key, lease, Number(numbers[offset + 5] ?? 0n));
      if (modRevision > this.#highestRevision) this.#highestRevision = modRevision;
      this.#records.set(
        key,
        new StoredRecord({
          rowId: this.#lastRowId,
          key,
          value,
          createRevision,
          modRevision,
          version: version === 1n ? 1n : version,
          lease: lease === 0n ? 0n : this.#lastLease,
        }),
      );
      this.#rows++;
    }
  }

  /** What contradicts itself in what was added; undefined when nothing does. */
  findDamage(revision: bigint): string | undefined {
    if (this.#records.size !== this.#rows) return 'a key is there twice';
    if (this.#highestRevision > revision) return 'a record is newer than the store';
    return undefined;
  }

  /** One object for equal numbers that follow each other: most records were written once, many together. */
  #shared(revision: bigint): bigint {
    if (revision !== this.#lastRevision) this.#lastRevision = revision;
    return this.#lastRevision;
  }

  #hang(key: string, id: bigint, ttlSeconds: number): void {
    const lease = this.#leases.restore(id, ttlSeconds, this.#nowMs);
    this.#lastLease = lease.id;
    lease.keys = lease.keys.concat(key);
  }
}
