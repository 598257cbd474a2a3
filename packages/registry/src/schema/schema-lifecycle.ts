import type { Aggregator } from '@service-center/aggregator';
import {
  ServiceCenterError,
  type MicroService,
  type Schema,
  type SchemaRepository,
  type Tenant,
} from '@service-center/sdcommon';

import { notEnoughQuota, type Quota } from '../quota/quota.ts';
import type { CacheFreshness, ServiceReader } from '../read/index.ts';
import type { SchemaConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  check,
  checkSchemas,
  deleteSchemaChecks,
  getSchemaChecks,
  listSchemasChecks,
  putSchemaChecks,
} from '../validation/index.ts';
import { withDetail, type WriteBarrier } from '../write/index.ts';
import { assertPutAllowed, isFrozen, selectAllowed } from './schema-freeze.ts';

/** What a {@link SchemaLifecycle} works with. */
export interface SchemaLifecycleOptions {
  readonly repository: SchemaRepository;
  readonly services: Aggregator['services'];
  readonly reader: ServiceReader;
  readonly freshness: CacheFreshness;
  readonly barrier: WriteBarrier;
  readonly quota: Quota;
  readonly config: SchemaConfig;
}

const serviceMissing = { serviceNotExists: 'Service does not exist.' } as const;
const contentMissing = 'schema ref not found.';

/** The contracts of services (spec 04 §3.5, spec 01 §4.6). */
export class SchemaLifecycle {
  readonly #options: SchemaLifecycleOptions;

  constructor(options: SchemaLifecycleOptions) {
    this.#options = options;
  }

  /**
   * Refuses single uploads through the v4 API when they are switched off; every other way to write schemas stays open.
   *
   * @throws ServiceCenterError `forbidden`
   */
  assertPutEnabled(): void {
    if (this.#options.config.disable) {
      throw new ServiceCenterError('forbidden', 'schema modify is disabled');
    }
  }

  /**
   * Creates or overwrites one schema.
   *
   * @throws ServiceCenterError `serviceNotExists`, `notEnoughQuota`, `invalidParameters`; with frozen schemas
   *   `undefinedSchemaId` and `modifySchemaNotAllowed`
   */
  async put(scope: RequestScope, serviceId: string, schema: Schema): Promise<void> {
    check(putSchemaChecks, { ...schema, serviceId });
    const { tenant } = scope;
    const { repository, barrier, quota, config, reader } = this.#options;
    const service = await reader.require(tenant, serviceId);
    if (!config.editable && isFrozen(service)) {
      const stored = await repository.list(tenant, serviceId, false);
      assertPutAllowed({ service, stored }, schema);
    }
    const limit = quota.schemaLimit;
    const write = repository.put(tenant, serviceId, schema, limit);
    await barrier.passed(
      withDetail(write, {
        ...serviceMissing,
        notEnoughQuota: notEnoughQuota('SCHEMA', limit, limit, 1).detail,
      }),
    );
  }

  /**
   * Makes the given schemas the service's only ones. Of several with one id the first counts.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`; with frozen schemas `undefinedSchemaId`
   */
  async replaceAll(
    scope: RequestScope,
    serviceId: string,
    schemas: readonly Schema[],
  ): Promise<void> {
    const { quota, config, reader, repository, barrier } = this.#options;
    checkSchemas(serviceId, schemas, quota.schemaLimit);
    const service = await reader.require(scope.tenant, serviceId);
    const distinct = firstOfEachId(schemas);
    if (!config.editable && isFrozen(service)) {
      await this.#addFrozen(scope.tenant, serviceId, distinct);
      return;
    }
    const write = repository.replaceAll(scope.tenant, serviceId, distinct);
    await barrier.passed(withDetail(write, serviceMissing));
  }

  /**
   * Reads one schema with its text.
   *
   * @throws ServiceCenterError `serviceNotExists`, `schemaNotExists`, `invalidParameters`
   */
  async get(scope: RequestScope, serviceId: string, schemaId: string): Promise<Schema> {
    check(getSchemaChecks, { serviceId, schemaId });
    await this.#options.freshness.refresh(scope);
    this.#requireService(scope.tenant, serviceId, serviceMissing.serviceNotExists);
    return this.#requireSchema(scope.tenant, serviceId, schemaId);
  }

  /**
   * Lists the schemas of a service: those it names, with or without content, and then those that are only stored.
   *
   * @param withContent - whether to read the texts too
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async list(
    scope: RequestScope,
    serviceId: string,
    withContent: boolean,
  ): Promise<readonly Schema[]> {
    check(listSchemasChecks, { serviceId });
    await this.#options.freshness.refresh(scope);
    const detail = serviceMissing.serviceNotExists;
    const { value: service } = this.#requireService(scope.tenant, serviceId, detail);
    return this.listOf(scope.tenant, service, withContent);
  }

  /** Lists the schemas of a service that is at hand, as {@link SchemaLifecycle.list} does. */
  async listOf(
    tenant: Tenant,
    { serviceId, schemas: ids }: MicroService,
    withContent: boolean,
  ): Promise<readonly Schema[]> {
    const stored = new Map(
      (await this.#options.repository.list(tenant, serviceId, withContent)).map((schema) => [
        schema.schemaId,
        schema,
      ]),
    );
    const named = ids.map(
      (schemaId) => stored.get(schemaId) ?? { schemaId, summary: '', schema: '' },
    );
    const known = new Set(ids);
    return [...named, ...[...stored.values()].filter(({ schemaId }) => !known.has(schemaId))];
  }

  /**
   * Removes a schema; the service goes on naming it.
   *
   * @throws ServiceCenterError `serviceNotExists`, `schemaNotExists`, `invalidParameters`
   */
  async delete(scope: RequestScope, serviceId: string, schemaId: string): Promise<void> {
    check(deleteSchemaChecks, { serviceId, schemaId });
    const { repository, barrier, reader } = this.#options;
    await reader.require(scope.tenant, serviceId);
    const write = repository.delete(scope.tenant, serviceId, schemaId);
    await barrier.passed(withDetail(write, { ...serviceMissing, schemaNotExists: contentMissing }));
  }

  /**
   * Looks whether a schema has content.
   *
   * @returns its summary
   * @throws ServiceCenterError `serviceNotExists`, `schemaNotExists`, `invalidParameters`
   */
  async exists(scope: RequestScope, serviceId: string, schemaId: string): Promise<string> {
    check(getSchemaChecks, { serviceId, schemaId });
    await this.#options.freshness.refresh(scope);
    this.#requireService(scope.tenant, serviceId, 'service does not exist.');
    return (await this.#requireSchema(scope.tenant, serviceId, schemaId)).summary;
  }

  async #addFrozen(tenant: Tenant, serviceId: string, schemas: readonly Schema[]): Promise<void> {
    const { repository, barrier, quota, reader } = this.#options;
    const service = await reader.require(tenant, serviceId);
    const stored = await repository.list(tenant, serviceId, false);
    // One after the other: each changes the service's list of ids.
    for (const schema of selectAllowed({ service, stored }, schemas)) {
      const write = repository.put(tenant, serviceId, schema, quota.schemaLimit);
      await barrier.passed(withDetail(write, serviceMissing));
    }
  }

  #requireService(
    tenant: Tenant,
    serviceId: string,
    detail: string,
  ): NonNullable<ReturnType<Aggregator['services']['get']>> {
    const record = this.#options.services.get(tenant, serviceId);
    if (record === undefined) throw new ServiceCenterError('serviceNotExists', detail);
    return record;
  }

  async #requireSchema(tenant: Tenant, serviceId: string, schemaId: string): Promise<Schema> {
    const schema = await this.#options.repository.get(tenant, serviceId, schemaId);
    if (schema === undefined) throw new ServiceCenterError('schemaNotExists', contentMissing);
    return schema;
  }
}

function firstOfEachId(schemas: readonly Schema[]): readonly Schema[] {
  const distinct = new Map<string, Schema>();
  for (const schema of schemas) {
    if (!distinct.has(schema.schemaId)) distinct.set(schema.schemaId, schema);
  }
  return [...distinct.values()];
}
