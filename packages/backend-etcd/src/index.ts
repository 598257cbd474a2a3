export type { CompactionOptions } from './compaction/compaction-job.ts';
export * from './etcd-backend.ts';
export * from './etcd-kv-store.ts';
export type { EtcdStoreOptions, EtcdTls, EtcdUser } from './etcd-store-options.ts';
