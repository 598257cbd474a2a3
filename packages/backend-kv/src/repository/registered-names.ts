import { parseTenant, type MicroServiceKey, type Tenant } from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { tenantPrefix } from '../layout/store-keys.ts';
import type { ResourceStore } from './resource-store.ts';

/** The part of a dependency's key that names a service under any version. */
export type AnyVersionName = Pick<
  MicroServiceKey,
  'tenant' | 'environment' | 'appId' | 'serviceName'
>;

const nameTypes = ['SERVICE_INDEX', 'SERVICE_ALIAS'] as const;

/** The names and aliases under which services are registered; read once a tenant, when it is first asked about. */
export class RegisteredNames {
  readonly #resources: ResourceStore;
  readonly #byTenant = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(resources: ResourceStore) {
    this.#resources = resources;
  }

  /** Whether any version of the service is registered under the name, or with it as alias. */
  async has(name: AnyVersionName): Promise<boolean> {
    const tenant = parseTenant(name.tenant);
    if (tenant === undefined) return false;
    let names = this.#byTenant.get(name.tenant);
    if (names === undefined) {
      names = this.#read(tenant);
      this.#byTenant.set(name.tenant, names);
    }
    return (await names).has(nameId(name));
  }

  async #read(tenant: Tenant): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for (const type of nameTypes) {
      const prefix = tenantPrefix(keyLayouts[type].prefix, tenant);
      for (const { identity } of await this.#resources.list(type, prefix)) {
        names.add(nameId(identity));
      }
    }
    return names;
  }
}

/** What the name and alias keys of all versions of a service start with; none when the tenant is no tenant. */
export function versionPrefixes(name: AnyVersionName): readonly string[] {
  const tenant = parseTenant(name.tenant);
  if (tenant === undefined) return [];
  return nameTypes.map(
    (type) => `${tenantPrefix(keyLayouts[type].prefix, tenant)}${nameId(name)}/`,
  );
}

function nameId({ environment, appId, serviceName }: Omit<AnyVersionName, 'tenant'>): string {
  return `${environment}/${appId}/${serviceName}`;
}
