export * from './cache-freshness.ts';
export * from './service-reader.ts';
