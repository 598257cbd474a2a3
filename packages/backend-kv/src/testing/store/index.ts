export * from './describe-kv-store.ts';
export * from './kv-model.ts';
export * from './kv-store-harness.ts';
