export * from './describe-kv-backend.ts';
