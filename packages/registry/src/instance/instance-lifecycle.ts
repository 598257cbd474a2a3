import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Aggregator } from '@service-center/aggregator';
import {
  ServiceCenterError,
  unixSeconds,
  type Clock,
  type HeartbeatSetElement,
  type InstanceHeartbeatResult,
  type InstanceKey,
  type InstanceRepository,
  type Logger,
  type MicroServiceInstance,
  type StringMap,
  type Tenant,
} from '@service-center/sdcommon';

import type { Quota } from '../quota/quota.ts';
import type { ServiceReader } from '../read/index.ts';
import type { RegistryConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import { randomId } from '../service/random-id.ts';
import type { SharedServices } from '../service/shared-services.ts';
import {
  check,
  checkInstance,
  heartbeatChecks,
  unregisterChecks,
  updateInstancePropertiesChecks,
  updateManyStatusChecks,
  updateStatusChecks,
} from '../validation/index.ts';
import { withDetail, type WriteBarrier } from '../write/index.ts';
import type { HeartbeatMetrics } from './heartbeat-metrics.ts';
import type { InstanceDefaults } from './instance-defaults.ts';

/** What an {@link InstanceLifecycle} works with. */
export interface InstanceLifecycleOptions {
  readonly repository: InstanceRepository;
  readonly instances: Aggregator['instances'];
  readonly reader: ServiceReader;
  readonly barrier: WriteBarrier;
  readonly clock: Clock;
  readonly quota: Quota;
  readonly defaults: InstanceDefaults;
  /** What a registration does whose id is alive. */
  readonly reregistration: RegistryConfig['reregistration'];
  readonly sharedServices: SharedServices;
  readonly metrics: HeartbeatMetrics;
  readonly logger: Logger;
}

const unknownService = { serviceNotExists: "Invalid 'serviceID' in request body." } as const;
const noLease = { instanceNotExists: 'leaseId not exist, instance not exist' } as const;
const noInstance = { instanceNotExists: 'Service instance does not exist.' } as const;

// A body has room for 30,000 heartbeats, which together would hold up everybody else for most of a second.
const heartbeatsPerTurn = 256;

/** Registers instances and keeps them alive (spec 04 §4, spec 01 §4.7). */
export class InstanceLifecycle {
  readonly #options: InstanceLifecycleOptions;

  constructor(options: InstanceLifecycleOptions) {
    this.#options = options;
  }

  /**
   * Registers an instance, or renews the live one of the same id and stores its body when that differs and the
   * configuration does not say otherwise (spec 00, decisions 3 and 22).
   *
   * @param serviceId - of its service; the one in the body does not count
   * @returns the instanceId
   * @throws ServiceCenterError `serviceNotExists`, `notEnoughQuota`, `invalidParameters`
   */
  async register(
    scope: RequestScope,
    serviceId: string,
    sent: MicroServiceInstance | undefined,
  ): Promise<string> {
    const { tenant } = scope;
    const checked = checkInstance(serviceId, sent);
    const { quota, reader, sharedServices } = this.#options;
    const service = await reader.find(tenant, serviceId);
    if (service === undefined) {
      // Where there is no room, that is the answer in any case (spec 04 §4.1).
      quota.assertRoom('INSTANCE', tenant);
      throw new ServiceCenterError('serviceNotExists', unknownService.serviceNotExists);
    }
    if (sharedServices.isSharedService(tenant, service)) {
      return this.#store(tenant, checked, service.version);
    }
    return quota.register('INSTANCE', tenant, () => this.#store(tenant, checked, service.version));
  }

  /** Whether this server knows an instance; another one may know more. */
  isRegistered(tenant: Tenant, serviceId: string, instanceId: string): boolean {
    return this.#options.instances.get(tenant, serviceId, instanceId) !== undefined;
  }

  /**
   * Proves that an instance is alive.
   *
   * @throws ServiceCenterError `instanceNotExists` when it has no lease, `unavailableBackend` when the store has been
   *   away for longer than its lease lives, `invalidParameters`
   */
  async heartbeat(tenant: Tenant, serviceId: string, instanceId: string): Promise<void> {
    // What is in memory has passed the checks when it was registered.
    if (!this.isRegistered(tenant, serviceId, instanceId)) {
      check(heartbeatChecks, { serviceId, instanceId });
    }
    await this.#renew({ tenant, serviceId, instanceId });
  }

  /**
   * Proves that several instances are alive; each outcome stands for itself.
   *
   * @returns one entry for each distinct instance
   * @throws ServiceCenterError `invalidParameters` for none
   */
  async heartbeatSet(
    tenant: Tenant,
    elements: readonly HeartbeatSetElement[],
  ): Promise<readonly InstanceHeartbeatResult[]> {
    if (elements.length === 0) {
      throw new ServiceCenterError('invalidParameters', 'Request format invalid.');
    }
    const distinct = distinctElements(elements);
    const results: InstanceHeartbeatResult[] = [];
    for (let start = 0; start < distinct.length; start += heartbeatsPerTurn) {
      if (start > 0) await nextTurn();
      const part = distinct.slice(start, start + heartbeatsPerTurn);
      const renewals = part.map(async ({ serviceId, instanceId }) => ({
        serviceId,
        instanceId,
        errMessage: await this.#renewInSet({ tenant, serviceId, instanceId }),
      }));
      results.push(...(await Promise.all(renewals)));
    }
    return results;
  }

  /**
   * Sets the status of an instance.
   *
   * @throws ServiceCenterError `instanceNotExists`, `invalidParameters`
   */
  async updateStatus(
    scope: RequestScope,
    serviceId: string,
    instanceId: string,
    status: string,
  ): Promise<void> {
    check(updateStatusChecks, { serviceId, instanceId, status });
    const { repository, barrier, clock } = this.#options;
    const key = { tenant: scope.tenant, serviceId, instanceId };
    const write = repository.updateStatus(key, status, unixSeconds(clock));
    await barrier.passed(withDetail(write, noInstance));
  }

  /**
   * Sets the status of every instance of the tenant whose properties contain all given pairs; of all instances when
   * none is given.
   *
   * @throws ServiceCenterError `invalidParameters`
   */
  async updateStatusWhere(
    scope: RequestScope,
    properties: StringMap,
    status: string,
  ): Promise<void> {
    check(updateManyStatusChecks, { status });
    const { repository, barrier } = this.#options;
    await barrier.passed(repository.updateStatusWhere(scope.tenant, properties, status));
  }

  /**
   * Replaces the properties of an instance; the configured ones are added again.
   *
   * @throws ServiceCenterError `instanceNotExists`, `invalidParameters`
   */
  async updateProperties(
    scope: RequestScope,
    serviceId: string,
    instanceId: string,
    properties: StringMap,
  ): Promise<void> {
    check(updateInstancePropertiesChecks, { serviceId, instanceId });
    const key = { tenant: scope.tenant, serviceId, instanceId };
    await this.#writeProperties(key, properties);
  }

  /**
   * Removes an instance.
   *
   * @throws ServiceCenterError `instanceNotExists`, `invalidParameters`
   */
  async unregister(scope: RequestScope, serviceId: string, instanceId: string): Promise<void> {
    check(unregisterChecks, { serviceId, instanceId });
    const { repository, barrier } = this.#options;
    const write = repository.unregister({ tenant: scope.tenant, serviceId, instanceId });
    await barrier.passed(withDetail(write, { instanceNotExists: "Instance's leaseId not exist." }));
  }

  async #store(
    tenant: Tenant,
    checked: MicroServiceInstance,
    serviceVersion: string,
  ): Promise<string> {
    const { repository, barrier, clock, defaults, reregistration } = this.#options;
    const isIdRequested = checked.instanceId !== '';
    const instanceId = isIdRequested ? checked.instanceId : randomId();
    if (isIdRequested && reregistration === 'renew') {
      const { serviceId } = checked;
      if (await this.#isRenewed({ tenant, serviceId, instanceId })) return instanceId;
    }
    const { instance, ttlSeconds } = defaults.complete(
      { ...checked, instanceId },
      serviceVersion,
      unixSeconds(clock),
    );
    const write = repository.register({ tenant, instance, ttlSeconds, isIdRequested });
    await barrier.passed(withDetail(write, unknownService));
    return instanceId;
  }

  async #isRenewed(key: InstanceKey): Promise<boolean> {
    try {
      await this.#options.repository.renew(key);
      return true;
    } catch (error) {
      if (ServiceCenterError.is(error, 'instanceNotExists')) return false;
      throw error;
    }
  }

  async #renew(key: InstanceKey): Promise<void> {
    const { clock, metrics, repository } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      await repository.renew(key);
    } catch (error) {
      metrics.observe(false, startedMs);
      if (!ServiceCenterError.is(error, 'instanceNotExists')) throw error;
      throw new ServiceCenterError('instanceNotExists', noLease.instanceNotExists, {
        cause: error,
      });
    }
    metrics.observe(true, startedMs);
    await this.#restoreConfiguredProperties(key);
  }

  async #renewInSet(key: InstanceKey): Promise<string> {
    try {
      await this.#renew(key);
      return '';
    } catch (error) {
      if (!ServiceCenterError.is(error)) throw error;
      return error.message;
    }
  }

  /** An instance that was registered before the configuration changed gets the configured properties now. */
  async #restoreConfiguredProperties(key: InstanceKey): Promise<void> {
    const { instances, defaults, logger } = this.#options;
    const record = instances.get(key.tenant, key.serviceId, key.instanceId);
    if (record === undefined || defaults.hasConfigured(record.value.properties)) return;
    try {
      await this.#writeProperties(key, record.value.properties);
    } catch (error) {
      // The heartbeat itself has counted; the next one tries again.
      logger.warn({ ...key, err: error }, 'could not store the configured instance properties');
    }
  }

  async #writeProperties(key: InstanceKey, properties: StringMap): Promise<void> {
    const { repository, barrier, clock, defaults } = this.#options;
    const write = repository.updateProperties(
      key,
      defaults.properties(properties),
      unixSeconds(clock),
    );
    await barrier.passed(withDetail(write, noInstance));
  }
}

function distinctElements(
  elements: readonly HeartbeatSetElement[],
): readonly HeartbeatSetElement[] {
  if (elements.length === 1) return elements;
  const distinct = new Map<string, HeartbeatSetElement>();
  for (const element of elements) {
    // The ids of a set are not checked; the length keeps two pairs from looking alike.
    const { serviceId, instanceId } = element;
    distinct.set(`${serviceId.length}/${serviceId}${instanceId}`, element);
  }
  return [...distinct.values()];
}
