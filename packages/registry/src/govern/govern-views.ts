import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Aggregator } from '@service-center/aggregator';
import {
  emptyStringMap,
  isSameTenant,
  ServiceCenterError,
  type MicroService,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import type { SchemaLifecycle } from '../schema/schema-lifecycle.ts';
import type { SharedServices } from '../service/shared-services.ts';
import { check, getAppsChecks, getServiceChecks } from '../validation/index.ts';
import type {
  RelationGraph,
  ServiceDetail,
  ServiceDetailQuery,
  ServiceDetails,
} from './service-detail.ts';
import type { Statistics, TenantCatalog } from './tenant-catalog.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What {@link GovernViews} work with. */
export interface GovernViewsOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances' | 'tags' | 'rules'>;
  readonly resolver: DependencyResolver;
  readonly schemas: SchemaLifecycle;
  readonly freshness: CacheFreshness;
  readonly sharedServices: SharedServices;
  readonly catalog: TenantCatalog;
  /** false: black and white lists do not show. */
  readonly rulesEnabled: boolean;
}

// Schema texts are the only part that is read from the store: this many services at a time.
const storeReadsAtOnce = 32;
/**
 * How many relations one answer shows at most. A consumer may depend on all services: a few hundred such consumers among
 * 40,000 services make millions of relations, which no heap holds.
 */
const maxRelations = 250_000;

const servicesPerTurn = 16 * storeReadsAtOnce;

/** What consoles and operators look at (spec 01 §4.10, spec 05 §4). */
export class GovernViews {
  readonly #options: GovernViewsOptions;

  constructor(options: GovernViewsOptions) {
    this.#options = options;
  }

  /**
   * Everything about one service.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async detail(scope: RequestScope, serviceId: string): Promise<ServiceDetail> {
    check(getServiceChecks, { serviceId });
    const { aggregator, freshness, resolver, schemas } = this.#options;
    await freshness.refresh(scope);
    const { tenant } = scope;
    const service = aggregator.services.get(tenant, serviceId);
    if (service === undefined) {
      throw new ServiceCenterError('serviceNotExists', 'Service does not exist.');
    }
    const { environment, appId, serviceName } = service.value;
    return {
      service,
      instances: aggregator.instances.ofService(tenant, serviceId),
      schemas: await schemas.listOf(tenant, service.value, true),
      rules: this.#rulesOf(service),
      providers: resolver.providers(tenant, service.value),
      consumers: resolver.consumers(tenant, service.value),
      tags: aggregator.tags.get(tenant, serviceId),
      versions: aggregator.services
        .versions(tenant, environment, appId, serviceName)
        .map(({ value }) => value.version),
      counts: undefined,
    };
  }

  /**
   * The services that fit a query, each with the parts that are asked for.
   *
   * @throws ServiceCenterError `invalidParameters` when they have more relations than one answer holds
   */
  async list(scope: RequestScope, query: ServiceDetailQuery): Promise<ServiceDetails> {
    const { catalog, freshness } = this.#options;
    await freshness.refresh(scope);
    const statistics = query.withStatistics
      ? catalog.statistics(scope.tenant, query.withShared)
      : undefined;
    if (query.isStatisticsOnly) return { details: [], statistics };
    const services = this.#select(scope.tenant, query);
    const details: ServiceDetail[] = [];
    let relations = 0;
    for (let start = 0; start < services.length; start += storeReadsAtOnce) {
      // Without schemas nothing is read from the store, and 40,000 services would be one turn of half a second.
      if (start > 0 && start % servicesPerTurn === 0) await nextTurn();
      const part = services.slice(start, start + storeReadsAtOnce);
      const listed = await Promise.all(part.map((each) => this.#listed(scope, each, query)));
      for (const { providers, consumers } of listed)
        relations += providers.length + consumers.length;
      assertRelationsFit(relations);
      details.push(...listed);
    }
    return { details, statistics };
  }

  /** How much a tenant has registered, shared services aside. */
  async statistics(scope: RequestScope): Promise<Statistics> {
    await this.#options.freshness.refresh(scope);
    return this.#options.catalog.statistics(scope.tenant, false);
  }

  /**
   * The applications that have a service in an environment; `''` is an environment of its own.
   *
   * @throws ServiceCenterError `invalidParameters`
   */
  async apps(
    scope: RequestScope,
    environment: string,
    withShared: boolean,
  ): Promise<readonly string[]> {
    check(getAppsChecks, { environment });
    await this.#options.freshness.refresh(scope);
    return this.#options.catalog.apps(scope.tenant, environment, withShared);
  }

  /**
   * All services of a tenant and which of them depends on which.
   *
   * @throws ServiceCenterError `invalidParameters` when there are more relations than one answer holds
   */
  async relations(scope: RequestScope, withShared: boolean): Promise<RelationGraph> {
    const { aggregator, freshness, resolver } = this.#options;
    await freshness.refresh(scope);
    const isShown = (record: ServiceRecord): boolean => withShared || !this.#isShared(record);
    const services = [...aggregator.services.ofTenant(scope.tenant)].filter(isShown);
    const lines: { readonly from: MicroService; readonly to: MicroService }[] = [];
    for (const [index, consumer] of services.entries()) {
      if (index > 0 && index % servicesPerTurn === 0) await nextTurn();
      for (const provider of resolver.providers(scope.tenant, consumer.value)) {
        if (!isNeighbour(provider, consumer) || !isShown(provider)) continue;
        lines.push({ from: consumer.value, to: provider.value });
      }
      assertRelationsFit(lines.length);
    }
    return { services: services.map(({ value }) => value), lines };
  }

  #select(tenant: Tenant, query: ServiceDetailQuery): readonly ServiceRecord[] {
    const { environment, appId, serviceName, properties, withShared } = query;
    const named = this.#options.aggregator.services.matching(tenant, {
      environment: environment || undefined,
      appId: appId || undefined,
      serviceName: serviceName || undefined,
    });
    return [...named].filter(
      (record) =>
        properties.every(([key, value]) => record.value.properties[key] === value) &&
        (withShared || !this.#isShared(record)),
    );
  }

  async #listed(
    scope: RequestScope,
    service: ServiceRecord,
    { parts, countOnly }: ServiceDetailQuery,
  ): Promise<ServiceDetail> {
    const { aggregator, resolver, schemas } = this.#options;
    const { tenant, serviceId } = service.identity;
    const hasInstances = parts.has('instances');
    const hasDependencies = parts.has('dependencies');
    const isOther = (other: ServiceRecord): boolean => isNeighbour(other, service);
    return {
      service,
      instances:
        hasInstances && !countOnly ? aggregator.instances.ofService(tenant, serviceId) : [],
      schemas: parts.has('schemas') ? await schemas.listOf(scope.tenant, service.value, true) : [],
      rules: parts.has('rules') ? this.#rulesOf(service) : [],
      providers: hasDependencies ? resolver.providers(tenant, service.value).filter(isOther) : [],
      consumers: hasDependencies ? resolver.consumers(tenant, service.value).filter(isOther) : [],
      tags: parts.has('tags') ? aggregator.tags.get(tenant, serviceId) : emptyStringMap,
      versions: [],
      counts: countOnly
        ? { instances: hasInstances ? aggregator.instances.countOf(tenant, serviceId) : undefined }
        : undefined,
    };
  }

  #rulesOf({ identity }: ServiceRecord): readonly ResourceRecord<'RULE'>[] {
    const { aggregator, rulesEnabled } = this.#options;
    return rulesEnabled ? aggregator.rules.ofService(identity.tenant, identity.serviceId) : [];
  }

  #isShared({ identity, value }: ServiceRecord): boolean {
    return this.#options.sharedServices.isSharedService(identity.tenant, value);
  }
}

/** Whether a service is another one of the same tenant. */
function isNeighbour(other: ServiceRecord, service: ServiceRecord): boolean {
  return other.key !== service.key && isSameTenant(other.identity.tenant, service.identity.tenant);
}

function assertRelationsFit(count: number): void {
  if (count <= maxRelations) return;
  throw new ServiceCenterError(
    'invalidParameters',
    `the answer would show more than ${maxRelations} relations: ask for single services`,
  );
}
