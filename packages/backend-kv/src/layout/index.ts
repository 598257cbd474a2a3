export * from './identity-interner.ts';
export * from './key-layout.ts';
export * from './key-layouts.ts';
export * from './store-keys.ts';
