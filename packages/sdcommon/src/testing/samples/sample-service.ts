import type { MicroService, MicroServiceKey } from '../../model/microservice.ts';
import { emptyStringMap } from '../../model/string-map.ts';
import { defaultTenant, formatTenant, type Tenant } from '../../model/tenant.ts';

/** A complete service; only what a test is about has to be given. */
export function sampleService(given: Partial<MicroService> = {}): MicroService {
  return {
    serviceId: 'cart-1',
    appId: 'shop',
    serviceName: 'cart',
    version: '1.0.0',
    description: '',
    level: 'BACK',
    schemas: [],
    paths: [],
    status: 'UP',
    properties: emptyStringMap,
    timestamp: '1700000000',
    providers: [],
    alias: '',
    LBStrategy: emptyStringMap,
    modTimestamp: '1700000000',
    environment: '',
    registerBy: '',
    framework: undefined,
    ...given,
  };
}

/**
 * The name of a service, as dependencies carry it.
 *
 * @param version - a version rule instead of the service's own version
 */
export function sampleServiceKey(
  service: MicroService,
  version: string = service.version,
  tenant: Tenant = defaultTenant,
): MicroServiceKey {
  return {
    tenant: formatTenant(tenant),
    environment: service.environment,
    appId: service.appId,
    serviceName: service.serviceName,
    alias: service.alias,
    version,
  };
}
