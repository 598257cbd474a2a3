export * from './version-number.ts';
export * from './version-rule.ts';
