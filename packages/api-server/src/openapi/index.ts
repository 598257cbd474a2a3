export * from './create-document.ts';
export type * from './document-types.ts';
