import type { Aggregator } from '@service-center/aggregator';
import {
  anyService,
  anyVersion,
  formatTenant,
  isSameTenant,
  parseTenant,
  ServiceCenterError,
  type ConsumerDependency,
  type DependencyRepository,
  type MicroService,
  type MicroServiceKey,
  type QueuedDependency,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { CacheFreshness } from '../read/index.ts';
import type { DependencyConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  check,
  checkDependencies,
  getDependenciesChecks,
  namedProviderChecks,
  providerChecks,
  type CheckedDependency,
} from '../validation/index.ts';
import type { WriteBarrier } from '../write/index.ts';
import type { DependencyResolver } from './dependency-resolver.ts';

/** What {@link Dependencies} work with. */
export interface DependenciesOptions {
  readonly repository: DependencyRepository;
  readonly services: Aggregator['services'];
  readonly resolver: DependencyResolver;
  readonly freshness: CacheFreshness;
  readonly barrier: WriteBarrier;
  readonly config: DependencyConfig;
}

/** Which services a listing leaves out. */
export interface DependencyFilter {
  /** Leave out services of other tenants. */
  readonly sameDomain: boolean;
  /** Leave out the service itself. */
  readonly noSelf: boolean;
}

/** What services depend on, as clients declare and read it (spec 04 §2.3, spec 01 §4.8). */
export class Dependencies {
  readonly #options: DependenciesOptions;

  constructor(options: DependenciesOptions) {
    this.#options = options;
  }

  /**
   * The services that a consumer depends on; every version that its rules cover.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async providersOf(
    scope: RequestScope,
    serviceId: string,
    filter: DependencyFilter,
  ): Promise<readonly ResourceRecord<'SERVICE'>[]> {
    const consumer = await this.#require(scope, serviceId, 'Consumer does not exist');
    const providers = this.#options.resolver.providers(scope.tenant, consumer.value);
    return applyFilter(providers, scope.tenant, consumer, filter);
  }

  /**
   * The services that depend on a provider.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async consumersOf(
    scope: RequestScope,
    serviceId: string,
    filter: DependencyFilter,
  ): Promise<readonly ResourceRecord<'SERVICE'>[]> {
    const provider = await this.#require(scope, serviceId, 'Provider does not exist');
    const consumers = this.#options.resolver.consumers(scope.tenant, provider.value);
    return applyFilter(consumers, scope.tenant, provider, filter);
  }

  /** Whether somebody else than the service itself depends on it. */
  hasOtherConsumer(tenant: Tenant, provider: MicroService): boolean {
    return this.#options.resolver
      .consumers(tenant, provider)
      .some(
        ({ identity }) =>
          identity.serviceId !== provider.serviceId || !isSameTenant(identity.tenant, tenant),
      );
  }

  /**
   * Puts declared dependencies into the queue; they take effect when it is worked off.
   *
   * @param mode - `add` to what is there, or `override` it
   * @throws ServiceCenterError `serviceNotExists` for a consumer that is not registered, `invalidParameters`
   */
  async declare(
    scope: RequestScope,
    dependencies: readonly ConsumerDependency[],
    mode: 'add' | 'override',
  ): Promise<void> {
    const { repository, barrier, freshness, config } = this.#options;
    const meant =
      config.providerVersion === 'any' ? dependencies.map(withoutProviderVersions) : dependencies;
    const checked = checkDependencies(
      meant,
      mode,
      config.wildcard ? providerChecks : namedProviderChecks,
    );
    await freshness.refresh(scope);
    const changes = checked.map((dependency) => this.#queued(scope.tenant, dependency, mode));
    await barrier.passed(repository.enqueue(lastOverrideOfEach(changes, mode)));
  }

  #queued(
    tenant: Tenant,
    { consumer, providers }: CheckedDependency,
    mode: 'add' | 'override',
  ): QueuedDependency {
    const service = this.#requireConsumer(tenant, consumer);
    const consumerKey = {
      ...consumer,
      tenant: consumer.tenant || formatTenant(tenant),
      // It may have been found by its alias; rules are kept by name.
      serviceName: service.serviceName,
    };
    return {
      tenant,
      serviceId: service.serviceId,
      kind: mode,
      dependency: {
        consumer: consumerKey,
        providers: providers.map((provider) => completeProvider(provider, consumerKey)),
        override: mode === 'override',
      },
    };
  }

  #requireConsumer(tenant: Tenant, consumer: MicroServiceKey): MicroService {
    const { environment, appId, serviceName, alias, version } = consumer;
    const { services } = this.#options;
    const consumerTenant = parseTenant(consumer.tenant) ?? tenant;
    const record =
      services
        .versions(consumerTenant, environment, appId, serviceName)
        .find(({ value }) => value.version === version) ??
      services
        .byAlias(consumerTenant, environment, appId, alias)
        .find(({ value }) => value.version === version);
    if (record !== undefined) return record.value;
    throw new ServiceCenterError(
      'serviceNotExists',
      `Consumer ${environment}/${appId}/${serviceName}/${version} does not exist.`,
    );
  }

  async #require(
    scope: RequestScope,
    serviceId: string,
    detail: string,
  ): Promise<ResourceRecord<'SERVICE'>> {
    check(getDependenciesChecks, { serviceId });
    await this.#options.freshness.refresh(scope);
    const record = this.#options.services.get(scope.tenant, serviceId);
    if (record === undefined) throw new ServiceCenterError('serviceNotExists', detail);
    return record;
  }
}

function withoutProviderVersions(dependency: ConsumerDependency): ConsumerDependency {
  const providers = dependency.providers.map((provider) => ({ ...provider, version: '' }));
  return { ...dependency, providers };
}

function completeProvider(provider: MicroServiceKey, consumer: MicroServiceKey): MicroServiceKey {
  const isWildcard = provider.serviceName === anyService;
  return {
    ...provider,
    tenant: provider.tenant || consumer.tenant,
    // The rule of all services is one for the consumer's environment, whatever was sent with it.
    environment: isWildcard ? consumer.environment : provider.environment,
    appId: provider.appId || (isWildcard ? '' : consumer.appId),
    version: provider.version || (isWildcard ? '' : anyVersion),
  };
}

/** An override replaces the waiting one of the same consumer, so only a request's last one of each counts. */
function lastOverrideOfEach(
  changes: readonly QueuedDependency[],
  mode: 'add' | 'override',
): readonly QueuedDependency[] {
  if (mode === 'add') return changes;
  return [...new Map(changes.map((change) => [change.serviceId, change])).values()];
}

function applyFilter(
  records: readonly ResourceRecord<'SERVICE'>[],
  tenant: Tenant,
  self: ResourceRecord<'SERVICE'>,
  { sameDomain, noSelf }: DependencyFilter,
): readonly ResourceRecord<'SERVICE'>[] {
  return records.filter(
    (record) =>
      (!sameDomain || isSameTenant(record.identity.tenant, tenant)) &&
      (!noSelf || record.key !== self.key),
  );
}
