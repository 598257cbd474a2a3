export * from './contract/index.ts';
export * from './feed/index.ts';
export * from './manual-clock.ts';
export * from './samples/index.ts';
export * from './scripted/index.ts';
