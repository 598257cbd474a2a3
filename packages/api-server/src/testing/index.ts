export * from './openapi-checker.ts';
