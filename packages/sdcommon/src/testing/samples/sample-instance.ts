import type { MicroServiceInstance } from '../../model/microservice-instance.ts';
import { emptyStringMap } from '../../model/string-map.ts';

/** A complete instance of the sample service with a health check of 30 s; only what a test is about has to be given. */
export function sampleInstance(given: Partial<MicroServiceInstance> = {}): MicroServiceInstance {
  return {
    instanceId: 'cart-1-a',
    serviceId: 'cart-1',
    endpoints: ['rest://10.0.0.7:8080'],
    hostName: 'node-7',
    status: 'UP',
    properties: emptyStringMap,
    healthCheck: { mode: 'push', port: 0, interval: 30, times: 3, url: '' },
    timestamp: '1700000005',
    dataCenterInfo: undefined,
    modTimestamp: '1700000005',
    version: '1.0.0',
    ...given,
  };
}
