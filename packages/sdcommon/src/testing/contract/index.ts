export * from './backend-harness.ts';
export * from './describe-backend.ts';
