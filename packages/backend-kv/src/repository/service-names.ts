import type {
  MicroService,
  MicroServiceKey,
  ServiceNameIdentity,
  Tenant,
} from '@service-center/sdcommon';
import { formatTenant } from '@service-center/sdcommon';

/** The name of a service. */
export function nameIdentity(tenant: Tenant, service: MicroService): ServiceNameIdentity {
  const { environment, appId, serviceName, version } = service;
  return { tenant, environment, appId, serviceName, version };
}

/** The alias of a service, in the place of its name. */
export function aliasIdentity(tenant: Tenant, service: MicroService): ServiceNameIdentity {
  return { ...nameIdentity(tenant, service), serviceName: service.alias };
}

/** The name of a service as dependencies carry it. */
export function microServiceKeyOf(tenant: Tenant, service: MicroService): MicroServiceKey {
  const { environment, appId, serviceName, alias, version } = service;
  return { tenant: formatTenant(tenant), environment, appId, serviceName, alias, version };
}
