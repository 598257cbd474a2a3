import type { ServiceFacts } from '../../push/log/push-log.ts';

/** A service of a load, named by its id. */
export function providerFacts(appId: string, serviceId: string): ServiceFacts {
  return {
    serviceId,
    project: 'default',
    appId,
    serviceName: serviceId,
    version: '1.0.0',
    environment: '',
  };
}
