export * from './error-detail.ts';
export * from './write-barrier.ts';
