// All that registering an instance demands of etcd: a lease, and a transaction that puts the instance under it.

import { runRawLoad } from './raw-load.ts';
import {
  registeredTtlSeconds,
  registrationService,
  registrationTransaction,
} from './registration.ts';

await runRawLoad(async ({ kv, leaseClient }) => {
  await kv.put({ key: registrationService, value: Buffer.from('{}') });
  return async () => {
    const { ID } = await leaseClient.leaseGrant({ TTL: registeredTtlSeconds });
    await kv.txn(registrationTransaction(ID));
  };
});
