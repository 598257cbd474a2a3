import type { Schema } from '../model/schema.ts';
import type { Tenant } from '../model/tenant.ts';
import type { Written } from './written.ts';

/** The contracts of services. Their texts are not cached: reads go to the store (spec 02 §1.3, spec 04 §3.5). */
export interface SchemaRepository {
  /**
   * Creates or overwrites one schema and adds its id to the service when it is new there.
   *
   * @param quota - how many schemas the service may have; decided only when the id is new
   * @throws ServiceCenterError `serviceNotExists`, `notEnoughQuota`
   */
  put(tenant: Tenant, serviceId: string, schema: Schema, quota: number): Promise<Written>;
  /**
   * Makes the given schemas the service's only ones, in this order.
   *
   * @param schemas - with distinct ids
   * @throws ServiceCenterError `serviceNotExists`
   */
  replaceAll(tenant: Tenant, serviceId: string, schemas: readonly Schema[]): Promise<Written>;
  /**
   * Removes one schema; its id stays in the service's list.
   *
   * @throws ServiceCenterError `schemaNotExists`
   */
  delete(tenant: Tenant, serviceId: string, schemaId: string): Promise<Written>;
  /** Reads one schema; undefined when there is no content for it. */
  get(tenant: Tenant, serviceId: string, schemaId: string): Promise<Schema | undefined>;
  /**
   * Reads the stored schemas of a service.
   *
   * @param withContent - whether to read the texts too; `schema` is `''` otherwise
   */
  list(tenant: Tenant, serviceId: string, withContent: boolean): Promise<readonly Schema[]>;
  /**
   * Removes the texts of a tenant that no service refers to any more: what deletions and overwriting have left
   * (spec 02 §1.9). A text that a service comes to refer to meanwhile stays; what cannot be decided because services
   * keep changing is left to the next run.
   *
   * @returns how many were removed
   */
  discardUnreferenced(tenant: Tenant): Promise<number>;
}
