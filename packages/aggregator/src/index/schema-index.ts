import type { ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { TenantMap } from './tenant-map.ts';

/** The types that say something about one schema of one service. */
export type SchemaResourceType = 'SCHEMA_REF' | 'SCHEMA_SUMMARY';

const noSchemas: ReadonlyMap<string, string> = new Map();

/** What is known of the schemas of each service, by schemaId: hashes, or summaries. */
export class SchemaTextIndex<T extends SchemaResourceType> implements ResourceIndex<T> {
  readonly #tenants = new TenantMap<Map<string, Map<string, string>>>();

  /** schemaId to text; a live view, empty when there is nothing. */
  ofService(tenant: Tenant, serviceId: string): ReadonlyMap<string, string> {
    return this.#tenants.get(tenant)?.get(serviceId) ?? noSchemas;
  }

  replace(previous: ResourceRecord<T> | undefined, next: ResourceRecord<T> | undefined): void {
    if (next !== undefined) this.#set(next);
    else if (previous !== undefined) this.#delete(previous);
  }

  #set(record: ResourceRecord<T>): void {
    const { tenant, serviceId, schemaId } = record.identity;
    const services = this.#tenants.getOrCreate(tenant, () => new Map());
    let schemas = services.get(serviceId);
    if (schemas === undefined) {
      schemas = new Map();
      services.set(serviceId, schemas);
    }
    schemas.set(schemaId, record.value);
  }

  #delete(record: ResourceRecord<T>): void {
    const { tenant, serviceId, schemaId } = record.identity;
    const services = this.#tenants.get(tenant);
    const schemas = services?.get(serviceId);
    if (services === undefined || schemas === undefined) return;
    schemas.delete(schemaId);
    if (schemas.size > 0) return;
    services.delete(serviceId);
    if (services.size === 0) this.#tenants.delete(tenant);
  }
}

/** The schemas of services as far as they are cached: not their contents (spec 03 §4.2). */
export class SchemaIndex {
  /** The hash of each schema's content. */
  readonly references: SchemaTextIndex<'SCHEMA_REF'> = new SchemaTextIndex();
  /** The summary that the client sent with each schema. */
  readonly summaries: SchemaTextIndex<'SCHEMA_SUMMARY'> = new SchemaTextIndex();
}
