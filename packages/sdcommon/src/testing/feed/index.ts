export * from './feed-fold.ts';
export * from './feed-recorder.ts';
