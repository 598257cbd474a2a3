export * from './crash/crash-round.ts';
export * from './crash/registration-load.ts';
export * from './crash/seeded-random.ts';
export * from './faults/disk-faults.ts';
export * from './freshness/check-freshness.ts';
export * from './server/registry-client.ts';
export * from './server/server-process.ts';
