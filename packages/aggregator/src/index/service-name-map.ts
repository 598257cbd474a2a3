import type { Tenant } from '@service-center/sdcommon';

import { TenantMap } from './tenant-map.ts';

/** Part of the name of a service; what is undefined may be anything. */
export interface ServiceNameFilter {
  readonly environment?: string | undefined;
  readonly appId?: string | undefined;
  readonly serviceName?: string | undefined;
}

type Branch<V> = Map<string, Map<string, Map<string, V>>>;

/**
 * A map whose key is the name of a service: tenant, environment, application and service name.
 * Looks up in five small steps without building a key text; empty branches are removed.
 */
export class ServiceNameMap<V> {
  readonly #tenants = new TenantMap<Branch<V>>();

  get(tenant: Tenant, environment: string, appId: string, serviceName: string): V | undefined {
    return this.#tenants.get(tenant)?.get(environment)?.get(appId)?.get(serviceName);
  }

  set(tenant: Tenant, environment: string, appId: string, serviceName: string, value: V): void {
    const environments = this.#tenants.getOrCreate(tenant, () => new Map());
    let apps = environments.get(environment);
    if (apps === undefined) {
      apps = new Map();
      environments.set(environment, apps);
    }
    let names = apps.get(appId);
    if (names === undefined) {
      names = new Map();
      apps.set(appId, names);
    }
    names.set(serviceName, value);
  }

  /**
   * Looks only into branches that may hold what fits.
   *
   * @yields the values of all names in a tenant that fit
   */
  *matching(
    tenant: Tenant,
    { environment, appId, serviceName }: ServiceNameFilter,
  ): Generator<V, void, undefined> {
    for (const apps of branches(this.#tenants.get(tenant), environment)) {
      for (const names of branches(apps, appId)) yield* branches(names, serviceName);
    }
  }

  /** @returns what was removed */
  delete(tenant: Tenant, environment: string, appId: string, serviceName: string): V | undefined {
    const environments = this.#tenants.get(tenant);
    const apps = environments?.get(environment);
    const names = apps?.get(appId);
    if (environments === undefined || apps === undefined || names === undefined) return undefined;
    const value = names.get(serviceName);
    if (!names.delete(serviceName) || names.size > 0) return value;
    apps.delete(appId);
    if (apps.size > 0) return value;
    environments.delete(environment);
    if (environments.size === 0) this.#tenants.delete(tenant);
    return value;
  }

  /** Whether it holds nothing, not even an empty branch. */
  get isEmpty(): boolean {
    return this.#tenants.isEmpty;
  }
}

function branches<V>(
  map: ReadonlyMap<string, V> | undefined,
  name: string | undefined,
): Iterable<V> {
  if (map === undefined) return [];
  if (name === undefined) return map.values();
  const branch = map.get(name);
  return branch === undefined ? [] : [branch];
}
