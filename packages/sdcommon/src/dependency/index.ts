export * from './merge-dependency.ts';
