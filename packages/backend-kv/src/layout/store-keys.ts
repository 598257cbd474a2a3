import { createHash } from 'node:crypto';

import type { Tenant } from '@service-center/sdcommon';

/** What all keys of the registry start with. */
export const rootPrefix = '/cse-sr/';

/** The version and environment of the servers on the store. */
export const serverRecordKey = `${rootPrefix}sys`;

/** What all keys of a type that belong to one tenant start with. */
export function tenantPrefix(typePrefix: string, { domain, project }: Tenant): string {
  return `${typePrefix}${domain}/${project}/`;
}

/** What all keys of a type that belong to one service start with. */
export function servicePrefix(typePrefix: string, tenant: Tenant, serviceId: string): string {
  return `${tenantPrefix(typePrefix, tenant)}${serviceId}/`;
}

/** What the keys of lease ids start with. */
export const leasesPrefix = `${rootPrefix}inst/leases/`;

/** Where the lease id of an instance stands, in decimal. */
export function leaseKey(tenant: Tenant, serviceId: string, instanceId: string): string {
  return servicePrefix(leasesPrefix, tenant, serviceId) + instanceId;
}

/** What the keys of schema texts of the 1.x layout start with. */
export const legacySchemasPrefix = `${rootPrefix}ms/schemas/`;

/** Where 1.x keeps the text of a schema. */
export function legacySchemaKey(tenant: Tenant, serviceId: string, schemaId: string): string {
  return servicePrefix(legacySchemasPrefix, tenant, serviceId) + schemaId;
}

/** What the keys of schema texts of a tenant start with; the hash of the text follows. */
export function schemaContentPrefix(tenant: Tenant): string {
  return tenantPrefix(`${rootPrefix}ms/schema-content/`, tenant);
}

/** Where the text of a schema stands; services of one tenant share it. */
export function schemaContentKey(tenant: Tenant, hash: string): string {
  return schemaContentPrefix(tenant) + hash;
}

/** The hash under which a schema's text is stored (spec 02 §5). */
export function schemaHash(schemaId: string, schema: string): string {
  return createHash('md5').update(`${schemaId}: ${schema}`).digest('hex');
}

/** The key of a lock; names that begin with a slash get two (spec 02 §1.1, locks). */
export function lockKey(name: string): string {
  return `/lock/${name}`;
}
