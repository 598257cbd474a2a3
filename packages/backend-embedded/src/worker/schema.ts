/** `SCKV`: tells our database from any other SQLite file. */
export const applicationId = 0x53_43_4b_56;

/**
 * `record`: the live keys. The id is given by the store and never used again while it runs, so that new rows are
 * appended; there is no index of keys, since the store has all of them in memory and random inserts into one cost
 * eight times the whole rest of a commit.
 *
 * `state`: one row about the whole; `records` finds rows that got lost.
 *
 * A lease has no row of its own: it lives as long as keys hang on it, and each of them tells its time to live.
 */
export const schema = `
  CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    mod_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    ttl_seconds INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    store_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    records INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
`;
