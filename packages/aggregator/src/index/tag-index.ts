import {
  emptyStringMap,
  type ResourceRecord,
  type StringMap,
  type Tenant,
} from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { TenantMap } from './tenant-map.ts';

/** The tags of each service. */
export class TagIndex implements ResourceIndex<'SERVICE_TAG'> {
  readonly #tenants = new TenantMap<Map<string, StringMap>>();

  /** The tags of a service; empty when it has none. */
  get(tenant: Tenant, serviceId: string): StringMap {
    return this.#tenants.get(tenant)?.get(serviceId) ?? emptyStringMap;
  }

  replace(
    previous: ResourceRecord<'SERVICE_TAG'> | undefined,
    next: ResourceRecord<'SERVICE_TAG'> | undefined,
  ): void {
    if (next !== undefined) {
      const { tenant, serviceId } = next.identity;
      this.#tenants.getOrCreate(tenant, () => new Map()).set(serviceId, next.value);
    } else if (previous !== undefined) {
      const { tenant, serviceId } = previous.identity;
      const services = this.#tenants.get(tenant);
      services?.delete(serviceId);
      if (services?.size === 0) this.#tenants.delete(tenant);
    }
  }
}
