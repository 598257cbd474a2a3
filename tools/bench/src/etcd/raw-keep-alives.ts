// Keeps 1000 leases alive in turn, with a stream for each keep-alive, as `keepaliveOnce` of the library does.

import { setTimeout as sleep } from 'node:timers/promises';

import { runRawLoad } from './raw-load.ts';

const leases = 1000;
const ttlSeconds = '600';
/** etcd writes to its disk every 100 ms when there is something to write. */
const untilWrittenMs = 300;

await runRawLoad(async ({ leaseClient }) => {
  const granted = await Promise.all(
    Array.from({ length: leases + 1 }, () => leaseClient.leaseGrant({ TTL: ttlSeconds })),
  );
  // etcd 3.4 copies what it remembers of the last writes for each keep-alive, and forgets it with a write that adds
  // nothing. The server sees to that as well, so both are measured on an etcd that has forgotten.
  await sleep(untilWrittenMs);
  await leaseClient.leaseRevoke({ ID: granted[leases]?.ID ?? '0' });
  await sleep(untilWrittenMs);
  return async (turn) => {
    const stream = await leaseClient.leaseKeepAlive();
    const answered = Promise.withResolvers<void>();
    stream.on('data', () => {
      answered.resolve();
    });
    stream.on('error', answered.reject);
    stream.write({ ID: granted[turn % leases]?.ID ?? '0' });
    await answered.promise;
    stream.end();
  };
});
