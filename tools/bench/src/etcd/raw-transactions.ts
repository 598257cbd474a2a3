// The transaction of a registration alone: all instances hang on one lease.

import { runRawLoad } from './raw-load.ts';
import {
  registeredTtlSeconds,
  registrationService,
  registrationTransaction,
} from './registration.ts';

await runRawLoad(async ({ kv, leaseClient }) => {
  await kv.put({ key: registrationService, value: Buffer.from('{}') });
  const { ID } = await leaseClient.leaseGrant({ TTL: registeredTtlSeconds });
  return async () => {
    await kv.txn(registrationTransaction(ID));
  };
});
