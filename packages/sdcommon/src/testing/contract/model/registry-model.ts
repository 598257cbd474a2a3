import type { ErrorName } from '../../../model/error-table.ts';
import type { MicroServiceInstance } from '../../../model/microservice-instance.ts';
import type { MicroService } from '../../../model/microservice.ts';
import { containsStringMap, isSameStringMap, type StringMap } from '../../../model/string-map.ts';
import { formatTenant, type Tenant } from '../../../model/tenant.ts';
import { DependencyModel } from './dependency-model.ts';
import { ruleText, type ModelRules } from './rule-model.ts';

/** What a registration of a service answers, or the error it ends with. */
export type ServiceOutcome = { readonly serviceId: string; readonly isNew: boolean } | ErrorName;

interface ModelInstance {
  readonly instance: MicroServiceInstance;
  readonly isShortLived: boolean;
}

interface ModelService {
  readonly tenant: Tenant;
  readonly service: MicroService;
  readonly tags: StringMap | undefined;
  readonly schemas: ReadonlyMap<string, string>;
  readonly rules: ModelRules;
  readonly instances: ReadonlyMap<string, ModelInstance>;
}

/**
 * What a registry is, said as simply as possible: a map of services, each with what hangs on it. Every rule of the
 * contract that a random script touches is here once more, in a form that has no transactions, keys or leases to get
 * wrong.
 */
export class RegistryModel {
  readonly dependencies = new DependencyModel();
  readonly #services = new Map<string, ModelService>();

  registerService(tenant: Tenant, service: MicroService, isIdRequested: boolean): ServiceOutcome {
    const sameScope = this.#ofTenant(tenant).filter((other) => other.version === service.version);
    const found =
      sameScope.find((other) => other.serviceName === service.serviceName) ??
      (service.alias === '' ? undefined : sameScope.find((other) => other.alias === service.alias));
    if (found !== undefined) {
      return isIdRequested && found.serviceId !== service.serviceId
        ? 'serviceAlreadyExists'
        : { serviceId: found.serviceId, isNew: false };
    }
    if (this.#services.has(idOf(tenant, service.serviceId))) {
      return isIdRequested ? 'serviceAlreadyExists' : 'internal';
    }
    const empty = { tags: undefined, schemas: new Map(), rules: [], instances: new Map() };
    this.#services.set(idOf(tenant, service.serviceId), { tenant, service, ...empty });
    return { serviceId: service.serviceId, isNew: true };
  }

  updateServiceProperties(
    tenant: Tenant,
    serviceId: string,
    properties: StringMap,
  ): ErrorName | undefined {
    return this.#change(tenant, serviceId, (known) => ({
      ...known,
      service: { ...known.service, properties },
    }));
  }

  deleteService(
    tenant: Tenant,
    serviceId: string,
    onlyWithoutInstances: boolean,
  ): ErrorName | undefined {
    const known = this.#services.get(idOf(tenant, serviceId));
    if (known === undefined) return 'serviceNotExists';
    if (onlyWithoutInstances && known.instances.size > 0) return 'deployedInstance';
    this.#services.delete(idOf(tenant, serviceId));
    const { environment, appId, serviceName, alias, version } = known.service;
    const name = { tenant: formatTenant(tenant), environment, appId, serviceName, alias, version };
    this.dependencies.enqueue({
      tenant,
      serviceId,
      kind: 'override',
      dependency: { consumer: name, providers: [], override: true },
    });
    return undefined;
  }

  replaceTags(tenant: Tenant, serviceId: string, tags: StringMap): ErrorName | undefined {
    return this.#change(tenant, serviceId, (known) => ({ ...known, tags }));
  }

  deleteTag(tenant: Tenant, serviceId: string, key: string): ErrorName | undefined {
    return this.#change(tenant, serviceId, (known) => {
      const { [key]: removed, ...tags } = known.tags ?? {};
      return removed === undefined ? 'tagNotExists' : { ...known, tags };
    });
  }

  putSchema(
    tenant: Tenant,
    serviceId: string,
    schemaId: string,
    summary: string,
  ): ErrorName | undefined {
    return this.#change(tenant, serviceId, (known) => {
      const { service } = known;
      const schemas = service.schemas.includes(schemaId)
        ? service.schemas
        : [...service.schemas, schemaId];
      return {
        ...known,
        service: { ...service, schemas },
        schemas: new Map(known.schemas).set(schemaId, summary),
      };
    });
  }

  deleteSchema(tenant: Tenant, serviceId: string, schemaId: string): ErrorName | undefined {
    const schemas = this.#services.get(idOf(tenant, serviceId))?.schemas;
    if (schemas?.has(schemaId) !== true) return 'schemaNotExists';
    const left = new Map(schemas);
    left.delete(schemaId);
    return this.#change(tenant, serviceId, (known) => ({ ...known, schemas: left }));
  }

  /** What has a text, in a tenant. */
  schemaKeys(tenant: Tenant): readonly { readonly serviceId: string; readonly schemaId: string }[] {
    return this.#ofTenant(tenant).flatMap(({ serviceId }) =>
      [...(this.#services.get(idOf(tenant, serviceId))?.schemas.keys() ?? [])].map((schemaId) => ({
        serviceId,
        schemaId,
      })),
    );
  }

  rulesOf(tenant: Tenant, serviceId: string): ModelRules {
    return this.#services.get(idOf(tenant, serviceId))?.rules ?? [];
  }

  editRules(
    tenant: Tenant,
    serviceId: string,
    edit: (known: ModelRules) => ModelRules | ErrorName,
  ): ErrorName | undefined {
    return this.#change(tenant, serviceId, (known) => {
      const rules = edit(known.rules);
      return typeof rules === 'string' ? rules : { ...known, rules };
    });
  }

  registerInstance(
    tenant: Tenant,
    instance: MicroServiceInstance,
    isShortLived: boolean,
  ): 'created' | 'renewed' | 'updated' | ErrorName {
    const known = this.#services.get(idOf(tenant, instance.serviceId));
    if (known === undefined) return 'serviceNotExists';
    const live = known.instances.get(instance.instanceId);
    if (live === undefined) {
      this.#setInstance(known, instance, isShortLived);
      return 'created';
    }
    const isSame =
      live.isShortLived === isShortLived &&
      live.instance.hostName === instance.hostName &&
      isSameStringMap(live.instance.properties, instance.properties);
    if (isSame) return 'renewed';
    this.#setInstance(known, { ...instance, status: live.instance.status }, isShortLived);
    return 'updated';
  }

  updateInstance(
    tenant: Tenant,
    serviceId: string,
    instanceId: string,
    change: Partial<Pick<MicroServiceInstance, 'status' | 'properties'>>,
  ): ErrorName | undefined {
    const known = this.#services.get(idOf(tenant, serviceId));
    const live = known?.instances.get(instanceId);
    if (known === undefined || live === undefined) return 'instanceNotExists';
    this.#setInstance(known, { ...live.instance, ...change }, live.isShortLived);
    return undefined;
  }

  updateStatusWhere(tenant: Tenant, properties: StringMap, status: string): void {
    const ofTenant = [...this.#services.values()].filter(
      (known) => formatTenant(known.tenant) === formatTenant(tenant),
    );
    for (const { service, instances } of ofTenant) {
      for (const [instanceId, { instance }] of instances) {
        if (!containsStringMap(instance.properties, properties)) continue;
        this.updateInstance(tenant, service.serviceId, instanceId, { status });
      }
    }
  }

  hasInstance(tenant: Tenant, serviceId: string, instanceId: string): boolean {
    return this.#services.get(idOf(tenant, serviceId))?.instances.has(instanceId) === true;
  }

  unregister(tenant: Tenant, serviceId: string, instanceId: string): ErrorName | undefined {
    if (!this.hasInstance(tenant, serviceId, instanceId)) return 'instanceNotExists';
    return this.#change(tenant, serviceId, (known) => {
      const instances = new Map(known.instances);
      instances.delete(instanceId);
      return { ...known, instances };
    });
  }

  /** Ends all leases that are short. */
  expire(): void {
    for (const [id, known] of this.#services) {
      const lasting = [...known.instances].filter(([, { isShortLived }]) => !isShortLived);
      this.#services.set(id, { ...known, instances: new Map(lasting) });
    }
  }

  cleanUpDependencies(tenant: Tenant): void {
    const known = this.#ofTenant(tenant);
    this.dependencies.cleanUp(tenant, (name) =>
      known.some(({ serviceName, alias }) => serviceName === name || alias === name),
    );
  }

  /** Everything there is, one line for each record, as `describeRecord` writes it; sorted. */
  lines(): readonly string[] {
    const lines = [...this.dependencies.lines()];
    for (const { tenant, service, tags, schemas, rules, instances } of this.#services.values()) {
      const { serviceId, serviceName, alias, version, properties } = service;
      const scope = formatTenant(tenant);
      const text = JSON.stringify([serviceName, alias, version, service.schemas, properties]);
      lines.push(`SERVICE ${scope} ${serviceId} ${text}`);
      lines.push(`SERVICE_INDEX ${scope} ${serviceName} ${version} ${serviceId}`);
      if (alias !== '') lines.push(`SERVICE_ALIAS ${scope} ${alias} ${version} ${serviceId}`);
      if (tags !== undefined) {
        lines.push(`SERVICE_TAG ${scope} ${serviceId} ${JSON.stringify(tags)}`);
      }
      for (const [schemaId, summary] of schemas) {
        lines.push(`SCHEMA_REF ${scope} ${serviceId} ${schemaId}`);
        lines.push(`SCHEMA_SUMMARY ${scope} ${serviceId} ${schemaId} ${summary}`);
      }
      for (const rule of rules) {
        lines.push(`RULE ${scope} ${serviceId} ${rule.ruleId} ${ruleText(rule)}`);
      }
      for (const { instance } of instances.values()) {
        const body = [instance.hostName, instance.status, instance.properties];
        lines.push(`INSTANCE ${scope} ${serviceId} ${instance.instanceId} ${JSON.stringify(body)}`);
      }
    }
    return lines.toSorted();
  }

  #ofTenant(tenant: Tenant): readonly MicroService[] {
    return this.#services
      .values()
      .filter((known) => formatTenant(known.tenant) === formatTenant(tenant))
      .map((known) => known.service)
      .toArray();
  }

  #setInstance(known: ModelService, instance: MicroServiceInstance, isShortLived: boolean): void {
    const { tenant, service, instances } = known;
    this.#services.set(idOf(tenant, service.serviceId), {
      ...known,
      instances: new Map(instances).set(instance.instanceId, { instance, isShortLived }),
    });
  }

  #change(
    tenant: Tenant,
    serviceId: string,
    change: (known: ModelService) => ModelService | ErrorName,
  ): ErrorName | undefined {
    const known = this.#services.get(idOf(tenant, serviceId));
    if (known === undefined) return 'serviceNotExists';
    const changed = change(known);
    if (typeof changed === 'string') return changed;
    this.#services.set(idOf(tenant, serviceId), changed);
    return undefined;
  }
}

function idOf(tenant: Tenant, serviceId: string): string {
  return `${formatTenant(tenant)} ${serviceId}`;
}
