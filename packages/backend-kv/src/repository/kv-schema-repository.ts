import {
  encodeMicroService,
  ServiceCenterError,
  type Schema,
  type SchemaRepository,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { legacySchemaKey, schemaContentKey, schemaHash } from '../layout/store-keys.ts';
import { isAbsent, isPresent, isUnchanged } from '../store/compares.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';
import { discardUnreferencedContents } from './schema-content-discard.ts';
import { replaceSchemas } from './schema-replacement.ts';
import { readSchemas } from './schema-list.ts';
import { serviceNotExists } from './service-not-exists.ts';

/**
 * Schemas in the 2.x layout: a reference and a summary a service, and a text that services of a tenant share. What 1.x
 * has left is read where nothing newer is stored, and goes with the next write (spec 02 §0, decision 2).
 */
export class KvSchemaRepository implements SchemaRepository {
  readonly #resources: ResourceStore;

  constructor(options: { readonly resources: ResourceStore }) {
    this.#resources = options.resources;
  }

  async put(tenant: Tenant, serviceId: string, schema: Schema, quota: number): Promise<Written> {
    const { schemaId, summary } = schema;
    const hash = schemaHash(schemaId, schema.schema);
    const serviceKey = keyLayouts.SERVICE.build({ tenant, serviceId });
    const contentKey = schemaContentKey(tenant, hash);
    const member = { tenant, serviceId, schemaId };
    return retryOnConflict(`schema ${schemaId} of service ${serviceId}`, async () => {
      const [record, content] = await this.#resources.getAll([serviceKey, contentKey]);
      const service = this.#resources.decode('SERVICE', record);
      if (service === undefined) throw serviceNotExists(serviceId);
      const { schemas } = service.value;
      const isNew = !schemas.includes(schemaId);
      if (isNew) checkQuota(schemas.length, quota);
      const operations: KvOperation[] = [
        { kind: 'put', key: keyLayouts.SCHEMA_REF.build(member), value: hash },
        { kind: 'put', key: keyLayouts.SCHEMA_SUMMARY.build(member), value: summary },
        { kind: 'delete', key: legacySchemaKey(tenant, serviceId, schemaId) },
      ];
      if (isNew) {
        const value = encodeMicroService({ ...service.value, schemas: [...schemas, schemaId] });
        operations.push({ kind: 'put', key: serviceKey, value });
      }
      if (content === undefined) {
        operations.push({ kind: 'put', key: contentKey, value: schema.schema });
      }
      const { succeeded, revision } = await this.#resources.kv.commit({
        compares: [
          isNew ? isUnchanged(serviceKey, record) : isPresent(serviceKey),
          content === undefined ? isAbsent(contentKey) : isPresent(contentKey),
        ],
        success: operations,
      });
      return succeeded ? this.#resources.written(revision) : undefined;
    });
  }

  async replaceAll(
    tenant: Tenant,
    serviceId: string,
    schemas: readonly Schema[],
  ): Promise<Written> {
    return retryOnConflict(`schemas of service ${serviceId}`, async () =>
      replaceSchemas(this.#resources, tenant, serviceId, schemas),
    );
  }

  async delete(tenant: Tenant, serviceId: string, schemaId: string): Promise<Written> {
    const member = { tenant, serviceId, schemaId };
    const refKey = keyLayouts.SCHEMA_REF.build(member);
    const legacyKey = legacySchemaKey(tenant, serviceId, schemaId);
    const summaryKey = keyLayouts.SCHEMA_SUMMARY.build(member);
    const success = [refKey, legacyKey, summaryKey].map((key) => ({
      kind: 'delete' as const,
      key,
    }));
    for (const key of [refKey, legacyKey]) {
      const { succeeded, revision } = await this.#resources.kv.commit({
        compares: [isPresent(key)],
        success,
      });
      if (succeeded) return this.#resources.written(revision);
    }
    throw new ServiceCenterError(
      'schemaNotExists',
      `service ${serviceId} has no schema ${schemaId}`,
    );
  }

  async get(tenant: Tenant, serviceId: string, schemaId: string): Promise<Schema | undefined> {
    const member = { tenant, serviceId, schemaId };
    const [ref, summary, legacy] = await this.#resources.getAll([
      keyLayouts.SCHEMA_REF.build(member),
      keyLayouts.SCHEMA_SUMMARY.build(member),
      legacySchemaKey(tenant, serviceId, schemaId),
    ]);
    const content =
      ref?.value === undefined
        ? undefined
        : await this.#resources.kv.get(schemaContentKey(tenant, ref.value));
    const schema = content?.value ?? legacy?.value;
    if (schema === undefined) return undefined;
    return { schemaId, summary: summary?.value ?? '', schema };
  }

  async list(tenant: Tenant, serviceId: string, withContent: boolean): Promise<readonly Schema[]> {
    return readSchemas(this.#resources, tenant, serviceId, withContent);
  }

  async discardUnreferenced(tenant: Tenant): Promise<number> {
    return discardUnreferencedContents(this.#resources, tenant);
  }
}

function checkQuota(current: number, quota: number): void {
  if (current + 1 <= quota) return;
  throw new ServiceCenterError(
    'notEnoughQuota',
    `no quota to create SCHEMA, max num is ${quota}, curNum is ${current}, apply num is 1`,
  );
}
