export * from './combine-metrics.ts';
export * from './histogram.ts';
export * from './logger.ts';
export * from './metric-registry.ts';
export * from './store-operation-observer.ts';
export * from './summary.ts';
