export * from './create-operations.ts';
export { governSchemas } from './govern-operations.ts';
export { pushSchemas } from './push-operations.ts';
export { metricsOperation } from './server-operations.ts';
