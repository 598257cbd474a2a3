/** The version and environment of the servers on a store (spec 02 §1.7, `/cse-sr/sys`). */
export interface ServerRecord {
  readonly version: string;
  readonly environment: string;
}

/** Keeps the {@link ServerRecord}. */
export interface ServerRecordRepository {
  /**
   * Stores the record when none is stored, or one of an older version.
   *
   * @returns what is stored afterwards: the given record, or a newer one
   */
  raise(record: ServerRecord): Promise<ServerRecord>;
}
