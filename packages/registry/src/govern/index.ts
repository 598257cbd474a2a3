export * from './govern-views.ts';
export * from './service-detail.ts';
export * from './tenant-catalog.ts';
