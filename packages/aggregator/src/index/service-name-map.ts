import type { Tenant } from '@service-center/sdcommon';

import { TenantMap } from './tenant-map.ts';

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
