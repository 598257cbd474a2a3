/**
 * The scope of all registry data: a domain and a project inside it (spec 01 §1.5).
 * Nothing of one tenant is visible in another, except shared services (spec 04 §1.4).
 */
export interface Tenant {
  readonly domain: string;
  readonly project: string;
}

/** The tenant of the registry's own service, of shared services and of requests that name none. */
export const defaultTenant: Tenant = Object.freeze({ domain: 'default', project: 'default' });

/** Writes a tenant the way keys and {@link MicroServiceKey.tenant} carry it: `domain/project`. */
export function formatTenant(tenant: Tenant): string {
  return `${tenant.domain}/${tenant.project}`;
}

/**
 * Reads `domain/project`, split at the first slash.
 *
 * @returns undefined when there is no slash, or a part is empty
 */
export function parseTenant(text: string): Tenant | undefined {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return undefined;
  return { domain: text.slice(0, slash), project: text.slice(slash + 1) };
}

/** Whether both name the same domain and project. */
export function isSameTenant(left: Tenant, right: Tenant): boolean {
  return left.domain === right.domain && left.project === right.project;
}
