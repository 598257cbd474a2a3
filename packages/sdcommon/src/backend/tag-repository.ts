import type { StringMap } from '../model/string-map.ts';
import type { Tenant } from '../model/tenant.ts';
import type { Written } from './written.ts';

/** The tags of services (spec 02 §1.3, spec 04 §3.2). */
export interface TagRepository {
  /** Makes the given tags the service's only ones. @throws ServiceCenterError `serviceNotExists` */
  replaceAll(tenant: Tenant, serviceId: string, tags: StringMap): Promise<Written>;
  /** Changes the value of an existing tag. @throws ServiceCenterError `serviceNotExists`, `tagNotExists` */
  update(tenant: Tenant, serviceId: string, key: string, value: string): Promise<Written>;
  /** Removes tags, all or none. @throws ServiceCenterError `serviceNotExists`, `tagNotExists` */
  delete(tenant: Tenant, serviceId: string, keys: readonly string[]): Promise<Written>;
  /** Reads the tags from the store; empty when there are none. */
  get(tenant: Tenant, serviceId: string): Promise<StringMap>;
}
