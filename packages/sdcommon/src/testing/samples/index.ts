export * from './sample-instance.ts';
export * from './sample-rule.ts';
export * from './sample-service.ts';
