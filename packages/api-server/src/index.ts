export * from './api-server-config.ts';
export * from './api-server.ts';
export type { AccessEntry } from './observability/access-entry.ts';
export type { AnswerHooks } from './pipeline/request-chain.ts';
export * from './routing/route-table.ts';
export * from './routing/route.ts';
export * from './server-version.ts';
