import { compareNewestFirst, type ResourceRecord, type Tenant } from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { ServiceNameMap, type ServiceNameFilter } from './service-name-map.ts';
import { TenantMap } from './tenant-map.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;
type Versions = ServiceNameMap<readonly ServiceRecord[]>;

const noServices: readonly ServiceRecord[] = [];

/**
 * Services by id, by name and by alias. Names are taken from the services themselves, not from the index records of
 * the store, so a service is found by name exactly as long as it can be found by id.
 */
export class ServiceIndex implements ResourceIndex<'SERVICE'> {
  readonly #tenants = new TenantMap<Map<string, ServiceRecord>>();
  readonly #names: Versions = new ServiceNameMap();
  readonly #aliases: Versions = new ServiceNameMap();

  get(tenant: Tenant, serviceId: string): ServiceRecord | undefined {
    return this.#tenants.get(tenant)?.get(serviceId);
  }

  /** Every version of a name, newest first. The list never changes; ask again for a newer one. */
  versions(
    tenant: Tenant,
    environment: string,
    appId: string,
    serviceName: string,
  ): readonly ServiceRecord[] {
    return this.#names.get(tenant, environment, appId, serviceName) ?? noServices;
  }

  /** Every version that goes by an alias, newest first. */
  byAlias(
    tenant: Tenant,
    environment: string,
    appId: string,
    alias: string,
  ): readonly ServiceRecord[] {
    return this.#aliases.get(tenant, environment, appId, alias) ?? noServices;
  }

  /** All services of a tenant; a live view. */
  ofTenant(tenant: Tenant): Iterable<ServiceRecord> {
    return this.#tenants.get(tenant)?.values() ?? noServices;
  }

  /** @yields the services of a tenant whose names fit: all versions of each name, newest first */
  *matching(tenant: Tenant, filter: ServiceNameFilter): Generator<ServiceRecord, void, undefined> {
    for (const versions of this.#names.matching(tenant, filter)) yield* versions;
  }

  /** How many services, which is versions, a tenant has. */
  countOf(tenant: Tenant): number {
    return this.#tenants.get(tenant)?.size ?? 0;
  }

  replace(previous: ServiceRecord | undefined, next: ServiceRecord | undefined): void {
    if (previous !== undefined) this.#remove(previous);
    if (next !== undefined) this.#add(next);
  }

  #add(record: ServiceRecord): void {
    const { tenant, serviceId } = record.identity;
    const { environment, appId, serviceName, alias } = record.value;
    this.#tenants.getOrCreate(tenant, () => new Map()).set(serviceId, record);
    addVersion(this.#names, record, tenant, environment, appId, serviceName);
    if (alias !== '') addVersion(this.#aliases, record, tenant, environment, appId, alias);
  }

  #remove(record: ServiceRecord): void {
    const { tenant, serviceId } = record.identity;
    const { environment, appId, serviceName, alias } = record.value;
    const services = this.#tenants.get(tenant);
    services?.delete(serviceId);
    if (services?.size === 0) this.#tenants.delete(tenant);
    removeVersion(this.#names, record, tenant, environment, appId, serviceName);
    if (alias !== '') removeVersion(this.#aliases, record, tenant, environment, appId, alias);
  }
}

function addVersion(
  versions: Versions,
  record: ServiceRecord,
  tenant: Tenant,
  environment: string,
  appId: string,
  name: string,
): void {
  const present = versions.get(tenant, environment, appId, name) ?? noServices;
  const at = present.findIndex((other) => compareVersions(record, other) < 0);
  const next = present.toSpliced(at === -1 ? present.length : at, 0, record);
  versions.set(tenant, environment, appId, name, next);
}

function removeVersion(
  versions: Versions,
  record: ServiceRecord,
  tenant: Tenant,
  environment: string,
  appId: string,
  name: string,
): void {
  const present = versions.get(tenant, environment, appId, name) ?? noServices;
  const rest = present.filter((other) => other.key !== record.key);
  if (rest.length === 0) versions.delete(tenant, environment, appId, name);
  else versions.set(tenant, environment, appId, name, rest);
}

function compareVersions(left: ServiceRecord, right: ServiceRecord): number {
  const byVersion = compareNewestFirst(left.value.version, right.value.version);
  if (byVersion !== 0) return byVersion;
  return left.key < right.key ? -1 : 1;
}
