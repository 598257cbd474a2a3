export type { RestoreOptions } from './backup/restore-backup.ts';
export * from './directory/store-open-error.ts';
export * from './embedded-backend.ts';
export * from './embedded-kv-store.ts';
export type { HistoryLimits } from './keyspace/key-history.ts';
export type { EmbeddedStoreOptions } from './open-store.ts';
export type { Synchronous } from './worker/protocol.ts';
