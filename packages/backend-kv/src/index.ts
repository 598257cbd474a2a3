export * from './kv-backend.ts';
export * from './layout/index.ts';
export * from './store/index.ts';
