export * from './backend/index.ts';
export * from './codec/index.ts';
export * from './dependency/index.ts';
export * from './model/index.ts';
export * from './observability/index.ts';
export * from './source/index.ts';
export * from './time/index.ts';
export * from './version/index.ts';
