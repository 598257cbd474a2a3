export * from './configuration.ts';
export * from './configuration-error.ts';
export * from './configuration-key.ts';
export * from './key-table.ts';
export * from './keys/index.ts';
export * from './load-configuration.ts';
export * from './placeholders.ts';
export * from './print-configuration.ts';
