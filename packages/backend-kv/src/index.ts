export * from './kv-backend.ts';
export * from './store/index.ts';
