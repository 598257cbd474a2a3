import type { Tenant } from '../model/tenant.ts';
import type { Written } from './written.ts';

/** Which domains and projects exist. They come into being with their first service (spec 04 §7). */
export interface TenantRepository {
  /** Records the domain and the project unless they are recorded. */
  ensure(tenant: Tenant): Promise<Written>;
}
