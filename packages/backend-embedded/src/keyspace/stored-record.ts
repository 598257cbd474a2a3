import type { KvRecord } from '@service-center/backend-kv';

/** What a {@link StoredRecord} is made of. */
export interface StoredRecordFields {
  /** Its row in the database; kept while the key lives. */
  readonly rowId: number;
  readonly key: string;
  readonly value: string;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;
}

/** A record of the key space, together with the row it lies in. */
export class StoredRecord implements KvRecord {
  readonly key: string;
  readonly value: string;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;
  // Private, so that the record that callers get has the fields of a KvRecord and no other.
  readonly #rowId: number;

  constructor(fields: StoredRecordFields) {
    this.key = fields.key;
    this.value = fields.value;
    this.createRevision = fields.createRevision;
    this.modRevision = fields.modRevision;
    this.version = fields.version;
    this.lease = fields.lease;
    this.#rowId = fields.rowId;
  }

  get rowId(): number {
    return this.#rowId;
  }
}
