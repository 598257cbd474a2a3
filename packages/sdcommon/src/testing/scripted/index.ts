export * from './resource-draft.ts';
export * from './scripted-list-watch.ts';
