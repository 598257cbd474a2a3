export * from './backend/index.ts';
export * from './store/index.ts';
