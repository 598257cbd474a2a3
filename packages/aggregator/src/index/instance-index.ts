import type { ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { TenantMap } from './tenant-map.ts';

type InstanceRecord = ResourceRecord<'INSTANCE'>;

interface ServiceInstances {
  readonly byId: Map<string, InstanceRecord>;
  /** In registration order; made when asked for. */
  ordered: readonly InstanceRecord[] | undefined;
}

interface TenantInstances {
  readonly services: Map<string, ServiceInstances>;
  count: number;
}

const noInstances: readonly InstanceRecord[] = [];

/** Instances by their service. */
export class InstanceIndex implements ResourceIndex<'INSTANCE'> {
  readonly #tenants = new TenantMap<TenantInstances>();

  get(tenant: Tenant, serviceId: string, instanceId: string): InstanceRecord | undefined {
    return this.#tenants.get(tenant)?.services.get(serviceId)?.byId.get(instanceId);
  }

  /**
   * The instances of a service in the order in which they were registered. The list never changes; ask again for a
   * newer one.
   */
  ofService(tenant: Tenant, serviceId: string): readonly InstanceRecord[] {
    const instances = this.#tenants.get(tenant)?.services.get(serviceId);
    if (instances === undefined) return noInstances;
    instances.ordered ??= inRegistrationOrder(instances.byId);
    return instances.ordered;
  }

  /** How many instances a service has. */
  countOf(tenant: Tenant, serviceId: string): number {
    return this.#tenants.get(tenant)?.services.get(serviceId)?.byId.size ?? 0;
  }

  /** How many instances all services of a tenant have together. */
  countOfTenant(tenant: Tenant): number {
    return this.#tenants.get(tenant)?.count ?? 0;
  }

  replace(previous: InstanceRecord | undefined, next: InstanceRecord | undefined): void {
    if (next !== undefined) this.#set(next);
    else if (previous !== undefined) this.#delete(previous);
  }

  #set(record: InstanceRecord): void {
    const { tenant, serviceId, instanceId } = record.identity;
    const ofTenant = this.#tenants.getOrCreate(tenant, () => ({ services: new Map(), count: 0 }));
    let instances = ofTenant.services.get(serviceId);
    if (instances === undefined) {
      instances = { byId: new Map(), ordered: undefined };
      ofTenant.services.set(serviceId, instances);
    }
    const before = instances.byId.size;
    instances.byId.set(instanceId, record);
    instances.ordered = undefined;
    ofTenant.count += instances.byId.size - before;
  }

  #delete(record: InstanceRecord): void {
    const { tenant, serviceId, instanceId } = record.identity;
    const ofTenant = this.#tenants.get(tenant);
    const instances = ofTenant?.services.get(serviceId);
    if (ofTenant === undefined || instances?.byId.delete(instanceId) !== true) return;
    instances.ordered = undefined;
    ofTenant.count--;
    if (instances.byId.size > 0) return;
    ofTenant.services.delete(serviceId);
    if (ofTenant.services.size === 0) this.#tenants.delete(tenant);
  }
}

function inRegistrationOrder(byId: ReadonlyMap<string, InstanceRecord>): readonly InstanceRecord[] {
  return [...byId.values()].toSorted(compareRegistration);
}

function compareRegistration(left: InstanceRecord, right: InstanceRecord): number {
  if (left.createRevision !== right.createRevision) {
    return left.createRevision < right.createRevision ? -1 : 1;
  }
  return left.key < right.key ? -1 : 1;
}
