export * from './admin-views.ts';
export * from './alarms.ts';
