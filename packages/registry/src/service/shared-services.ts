import {
  defaultTenant,
  isSameTenant,
  type MicroService,
  type Tenant,
} from '@service-center/sdcommon';

/** The name under which every server registers itself (spec 04 §4.7). */
export const serviceCenterName = 'SERVICECENTER';

/** The application of shared services, and of services that name none. */
export const defaultAppId = 'default';

/** Knows which services every tenant may find (spec 04 §1.4). */
export class SharedServices {
  readonly #names: ReadonlySet<string>;

  /** @param configuredNames - besides the server's own */
  constructor(configuredNames: readonly string[]) {
    this.#names = new Set([serviceCenterName, ...configuredNames]);
  }

  /** Whether a name, looked for in a tenant, means a shared service. */
  isShared(tenant: Tenant, appId: string, serviceName: string): boolean {
    return (
      appId === defaultAppId && this.#names.has(serviceName) && isSameTenant(tenant, defaultTenant)
    );
  }

  /** Whether a registered service is a shared one, by its name or its alias. */
  isSharedService(tenant: Tenant, service: MicroService): boolean {
    return (
      this.isShared(tenant, service.appId, service.serviceName) ||
      (service.alias !== '' && this.isShared(tenant, service.appId, service.alias))
    );
  }
}
