export * from './backoff.ts';
export * from './clock.ts';
export * from './system-clock.ts';
export * from './until-aborted.ts';
