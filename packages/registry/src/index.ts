export * from './registry-config.ts';
export * from './registry.ts';
export * from './request-scope.ts';
