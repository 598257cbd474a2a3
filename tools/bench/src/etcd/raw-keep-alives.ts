// Keeps 1000 leases alive in turn, with a stream for each keep-alive: what the library's own lease does.

import { runRawLoad } from './raw-load.ts';

const leases = 1000;
const ttlSeconds = '600';

await runRawLoad(async ({ leaseClient }) => {
  const granted = await Promise.all(
    Array.from({ length: leases }, () => leaseClient.leaseGrant({ TTL: ttlSeconds })),
  );
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
