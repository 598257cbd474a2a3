export * from './kv-event.ts';
export * from './kv-record.ts';
export * from './kv-store.ts';
export * from './kv-transaction.ts';
export * from './store-health.ts';
