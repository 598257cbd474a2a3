import type { Tenant } from '@service-center/sdcommon';

const maxEntries = 32_768;

/**
 * Lets records share the parts of their identities: 100,000 instances of 10,000 services need 10,000 serviceIds and a
 * handful of tenants, not 100,000 of each.
 *
 * It is a memory of what was seen lately, not an owner: it forgets everything when it is full, so it neither grows with
 * the history of the store nor needs to be told what went away.
 */
export class IdentityInterner {
  readonly #tenants = new Map<string, Tenant>();
  readonly #serviceIds = new Map<string, string>();

  /** The tenant of a domain and project; the same object for the same names. */
  tenant(domain: string, project: string): Tenant {
    const id = `${domain}/${project}`;
    const known = this.#tenants.get(id);
    if (known !== undefined) return known;
    if (this.#tenants.size >= maxEntries) this.#tenants.clear();
    const tenant = { domain, project };
    this.#tenants.set(id, tenant);
    return tenant;
  }

  /** The same string for equal serviceIds. */
  serviceId(serviceId: string): string {
    const known = this.#serviceIds.get(serviceId);
    if (known !== undefined) return known;
    if (this.#serviceIds.size >= maxEntries) this.#serviceIds.clear();
    this.#serviceIds.set(serviceId, serviceId);
    return serviceId;
  }
}
