import {
  formatTenant,
  type MicroService,
  type MicroServiceKey,
  type ServiceNameIdentity,
  type Tenant,
} from '@service-center/sdcommon';

/** The key of a registered service, as dependencies and watch events carry it. */
export function serviceKey(tenant: Tenant, service: MicroService): MicroServiceKey {
  const { environment, appId, serviceName, alias, version } = service;
  return { tenant: formatTenant(tenant), environment, appId, serviceName, alias, version };
}

/** Names a registered service the way dependency rules of its side are looked up. */
export function serviceNameIdentity(tenant: Tenant, service: MicroService): ServiceNameIdentity {
  const { environment, appId, serviceName, version } = service;
  return { tenant, environment, appId, serviceName, version };
}
