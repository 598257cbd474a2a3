import { randomUUID } from 'node:crypto';

import type { ITxnRequest } from 'etcd3';

/** An instance as the load registers it, and as a plain client writes it. */
export const registeredInstance = {
  hostName: 'host-1',
  endpoints: ['rest://10.0.0.1:8080', 'highway://10.0.0.1:7070'],
  healthCheck: { mode: 'push', interval: 30, times: 3 },
  properties: { region: 'north' },
} as const;

/** How long such an instance lives without a heartbeat. */
export const registeredTtlSeconds = '120';

const serviceId = 's'.repeat(40);
const tenant = 'default/default';

/** The key of the service that {@link registrationTransaction} demands to be there. */
export const registrationService: Buffer = Buffer.from(`/cse-sr/ms/files/${tenant}/${serviceId}`);

/** The transaction that registering a new instance comes to (spec 02 §1.3). */
export function registrationTransaction(lease: string): ITxnRequest {
  const instanceId = randomUUID().replaceAll('-', '');
  const path = `${tenant}/${serviceId}/${instanceId}`;
  const record = JSON.stringify({
    instanceId,
    serviceId,
    endpoints: registeredInstance.endpoints,
    hostName: registeredInstance.hostName,
    status: 'UP',
    properties: registeredInstance.properties,
    healthCheck: registeredInstance.healthCheck,
    timestamp: '1700000000',
    modTimestamp: '1700000000',
    version: '1.0.0',
  });
  const fileKey = Buffer.from(`/cse-sr/inst/files/${path}`);
  const leaseKey = Buffer.from(`/cse-sr/inst/leases/${path}`);
  const absent = { target: 'Create', result: 'Equal', create_revision: '0' } as const;
  return {
    compare: [
      { key: registrationService, target: 'Version', result: 'NotEqual', version: '0' },
      { key: fileKey, ...absent },
      { key: leaseKey, ...absent },
    ],
    success: [
      { request_put: { key: fileKey, value: Buffer.from(record), lease } },
      { request_put: { key: leaseKey, value: Buffer.from(lease), lease } },
    ],
  };
}
