import type { Aggregator } from '@service-center/aggregator';
import {
  parseVersionRule,
  ServiceCenterError,
  unixSeconds,
  type ResourceRecord,
  type StringMap,
  type Tenant,
} from '@service-center/sdcommon';

import type { Dependencies } from '../dependency/dependencies.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  check,
  deleteServiceChecks,
  deleteServicesChecks,
  exactExistenceChecks,
  existenceChecks,
  getServiceChecks,
  updateServicePropertiesChecks,
  type ServiceExistenceQuery,
} from '../validation/index.ts';
import { withDetail } from '../write/index.ts';
import type { ProviderLookup } from './provider-lookup.ts';
import {
  ServiceRegistration,
  type RegisterServiceBody,
  type ServiceRegistrationOptions,
} from './service-registration.ts';

/** What a {@link ServiceLifecycle} works with. */
export interface ServiceLifecycleOptions extends ServiceRegistrationOptions {
  readonly aggregator: Pick<Aggregator, 'services'>;
  readonly freshness: CacheFreshness;
  readonly lookup: ProviderLookup;
  readonly dependencies: Dependencies;
  /** Whether an id is that of the service under which this server is registered. */
  readonly isOwnService: (serviceId: string) => boolean;
}

/** What became of one service of a deletion of several. */
export interface DeletedService {
  readonly serviceId: string;
  /** `''` when it is deleted. */
  readonly errMessage: string;
}

const serviceMissing = { serviceNotExists: 'Service does not exist.' } as const;

/** Registers, reads, changes and deletes services (spec 04 §3, spec 01 §4.2 and §4.3). */
export class ServiceLifecycle {
  readonly #options: ServiceLifecycleOptions;
  readonly #registration: ServiceRegistration;

  constructor(options: ServiceLifecycleOptions) {
    this.#options = options;
    this.#registration = new ServiceRegistration(options);
  }

  /** Whether a service is in memory. */
  isRegistered(tenant: Tenant, serviceId: string): boolean {
    return this.#options.aggregator.services.get(tenant, serviceId) !== undefined;
  }

  /**
   * Looks a service up by its name, or by its alias when no service has that name.
   *
   * @returns the serviceId; of the newest version that fits
   * @throws ServiceCenterError `serviceNotExists` when the name is unknown, `serviceVersionNotExists` when only the
   *   version is; `invalidParameters`
   */
  async exists(scope: RequestScope, query: ServiceExistenceQuery): Promise<string> {
    const { config, freshness, lookup } = this.#options;
    const mayBeRule = config.existenceVersionRule === 'apply';
    check(mayBeRule ? existenceChecks : exactExistenceChecks, query);
    const rule = parseVersionRule(query.version);
    // The check above has made sure of it; the type does not know.
    if (rule === undefined) throw new ServiceCenterError('invalidParameters');
    await freshness.refresh(scope);
    const { environment, appId, serviceName, version } = query;
    const found = lookup.exists({ tenant: scope.tenant, environment, appId, serviceName }, rule);
    const flag = [environment, appId, serviceName, version].join('/');
    if (found.kind === 'unknown') {
      throw new ServiceCenterError('serviceNotExists', `${flag} does not exist.`);
    }
    const newest = found.kind === 'found' ? found.services[0] : undefined;
    if (newest === undefined) {
      throw new ServiceCenterError('serviceVersionNotExists', `${flag} version mismatch.`);
    }
    return newest.value.serviceId;
  }

  /**
   * Registers a service with its tags and instances, or finds the one that is there already; that is never changed.
   *
   * @returns the serviceId
   * @throws ServiceCenterError `invalidParameters`, also when tags or instances could not be stored: the service itself
   *   stays; `notEnoughQuota`; `serviceAlreadyExists` when a requested id conflicts with what is stored
   */
  register(scope: RequestScope, body: RegisterServiceBody): Promise<string> {
    return this.#registration.register(scope, body);
  }

  /**
   * Reads one service.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async get(scope: RequestScope, serviceId: string): Promise<ResourceRecord<'SERVICE'>> {
    check(getServiceChecks, { serviceId });
    await this.#options.freshness.refresh(scope);
    return this.#require(scope.tenant, serviceId);
  }

  /**
   * Reads all services of the tenant.
   *
   * @param withShared - whether to show shared services too
   */
  async list(
    scope: RequestScope,
    withShared: boolean,
  ): Promise<readonly ResourceRecord<'SERVICE'>[]> {
    await this.#options.freshness.refresh(scope);
    const { aggregator, sharedServices } = this.#options;
    const services = [...aggregator.services.ofTenant(scope.tenant)];
    if (withShared) return services;
    return services.filter(({ value }) => !sharedServices.isSharedService(scope.tenant, value));
  }

  /**
   * Replaces a service's properties.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async updateProperties(
    scope: RequestScope,
    serviceId: string,
    properties: StringMap,
  ): Promise<void> {
    check(updateServicePropertiesChecks, { serviceId });
    const { repository, barrier, clock } = this.#options;
    const write = repository.updateProperties(
      scope.tenant,
      serviceId,
      properties,
      unixSeconds(clock),
    );
    await barrier.passed(withDetail(write, serviceMissing));
  }

  /**
   * Deletes a service with everything that belongs to it.
   *
   * @param force - whether to delete it although others depend on it or it has instances
   * @throws ServiceCenterError `serviceNotExists`, `dependedOnConsumer`, `deployedInstance`; `invalidParameters`, also
   *   for the server's own service
   */
  async delete(scope: RequestScope, serviceId: string, force: boolean): Promise<void> {
    check(deleteServiceChecks, { serviceId });
    await this.#delete(scope, serviceId, force);
  }

  /**
   * Deletes several services. The failure of one does not stop the others.
   *
   * @returns one entry for each distinct id
   * @throws ServiceCenterError `invalidParameters`
   */
  async deleteMany(
    scope: RequestScope,
    serviceIds: readonly string[],
    force: boolean,
  ): Promise<readonly DeletedService[]> {
    check(deleteServicesChecks, serviceIds);
    return Promise.all(
      [...new Set(serviceIds)].map(async (serviceId) => {
        try {
          await this.#delete(scope, serviceId, force);
          return { serviceId, errMessage: '' };
        } catch (error) {
          if (!ServiceCenterError.is(error)) throw error;
          return { serviceId, errMessage: error.message };
        }
      }),
    );
  }

  async #delete(scope: RequestScope, serviceId: string, force: boolean): Promise<void> {
    const { tenant } = scope;
    const { aggregator, barrier, repository, dependencies } = this.#options;
    if (this.#options.isOwnService(serviceId)) {
      throw new ServiceCenterError('invalidParameters', 'not allow to delete service center');
    }
    const known = aggregator.services.get(tenant, serviceId);
    if (!force && known !== undefined) {
      if (dependencies.hasOtherConsumer(tenant, known.value)) {
        throw new ServiceCenterError(
          'dependedOnConsumer',
          'Can not delete this service, other service rely it.',
        );
      }
    }
    const write = repository.delete(tenant, serviceId, !force);
    await barrier.passed(
      withDetail(write, {
        ...serviceMissing,
        deployedInstance: 'Can not delete the service deployed instance(s).',
      }),
    );
  }

  #require(tenant: Tenant, serviceId: string): ResourceRecord<'SERVICE'> {
    const record = this.#options.aggregator.services.get(tenant, serviceId);
    if (record === undefined) {
      throw new ServiceCenterError('serviceNotExists', serviceMissing.serviceNotExists);
    }
    return record;
  }
}
