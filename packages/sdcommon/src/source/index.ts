export * from './cache-event.ts';
export * from './change.ts';
export * from './event-bus.ts';
export * from './list-watch.ts';
export * from './position.ts';
export * from './resource.ts';
export * from './watch-error.ts';
