import type { Tenant } from '@service-center/sdcommon';

/** A map whose key is a tenant. Looks up without building a key text. */
export class TenantMap<V> {
  readonly #domains = new Map<string, Map<string, V>>();

  get(tenant: Tenant): V | undefined {
    return this.#domains.get(tenant.domain)?.get(tenant.project);
  }

  /** The value of a tenant, made and kept when there is none. */
  getOrCreate(tenant: Tenant, create: () => V): V {
    let projects = this.#domains.get(tenant.domain);
    if (projects === undefined) {
      projects = new Map();
      this.#domains.set(tenant.domain, projects);
    }
    let value = projects.get(tenant.project);
    if (value === undefined) {
      value = create();
      projects.set(tenant.project, value);
    }
    return value;
  }

  delete(tenant: Tenant): void {
    const projects = this.#domains.get(tenant.domain);
    if (projects?.delete(tenant.project) === true && projects.size === 0) {
      this.#domains.delete(tenant.domain);
    }
  }

  /** Whether it holds nothing, not even an empty branch. */
  get isEmpty(): boolean {
    return this.#domains.size === 0;
  }
}
