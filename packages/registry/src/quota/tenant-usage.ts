import type { Aggregator } from '@service-center/aggregator';
import {
  defaultTenant,
  isSameTenant,
  type CacheEvent,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { SharedServices } from '../service/shared-services.ts';

/** What a {@link TenantUsage} works with. */
export interface TenantUsageOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances'>;
  readonly sharedServices: SharedServices;
}

/**
 * Counts what tenants have of what quotas are for. Shared services and their instances are in no quota; they are kept
 * apart as they come and go, since looking for them among all services at each registration would cost too much.
 */
export class TenantUsage {
  readonly #aggregator: Pick<Aggregator, 'services' | 'instances'>;
  readonly #sharedServices: SharedServices;
  /** The ids of the shared services that are registered; all belong to the default tenant. */
  readonly #shared = new Set<string>();

  constructor(options: TenantUsageOptions) {
    this.#aggregator = options.aggregator;
    this.#sharedServices = options.sharedServices;
  }

  /** Takes over a service that is cached already. */
  add({ identity, value }: ResourceRecord<'SERVICE'>): void {
    if (this.#sharedServices.isSharedService(identity.tenant, value)) {
      this.#shared.add(identity.serviceId);
    }
  }

  /** Takes over an event of the caches. */
  handle(event: CacheEvent<'SERVICE'>): void {
    const { tenant, serviceId } = event.resource.identity;
    if (event.type !== 'DELETE') this.add(event.resource);
    else if (isSameTenant(tenant, defaultTenant)) this.#shared.delete(serviceId);
  }

  /** How much a tenant has of a kind. */
  count(kind: 'SERVICE' | 'INSTANCE', tenant: Tenant): number {
    const { services, instances } = this.#aggregator;
    const total = kind === 'SERVICE' ? services.countOf(tenant) : instances.countOfTenant(tenant);
    if (!isSameTenant(tenant, defaultTenant)) return total;
    if (kind === 'SERVICE') return total - this.#shared.size;
    let shared = 0;
    for (const serviceId of this.#shared) shared += instances.countOf(tenant, serviceId);
    return total - shared;
  }
}
