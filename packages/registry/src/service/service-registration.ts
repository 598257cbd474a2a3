import {
  ServiceCenterError,
  unixSeconds,
  type Clock,
  type MicroService,
  type MicroServiceInstance,
  type ServiceRepository,
  type StringMap,
  type Tenant,
} from '@service-center/sdcommon';

import type { InstanceLifecycle } from '../instance/instance-lifecycle.ts';
import type { Quota } from '../quota/quota.ts';
import type { RegistryConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import type { RuleLifecycle } from '../rule/rule-lifecycle.ts';
import type { TagLifecycle } from '../tag/tag-lifecycle.ts';
import { checkMicroService, type SentRule } from '../validation/index.ts';
import { withDetail, type WriteBarrier } from '../write/index.ts';
import { randomId } from './random-id.ts';
import { withServiceDefaults } from './service-defaults.ts';
import type { SharedServices } from './shared-services.ts';

/** What a {@link ServiceRegistration} works with. */
export interface ServiceRegistrationOptions {
  readonly repository: ServiceRepository;
  readonly barrier: WriteBarrier;
  readonly clock: Clock;
  readonly config: RegistryConfig;
  readonly quota: Quota;
  readonly sharedServices: SharedServices;
  readonly tags: TagLifecycle;
  readonly rules: RuleLifecycle;
  readonly instances: InstanceLifecycle;
}

/** What a registration carries (spec 01 §4.3 #6). */
export interface RegisterServiceBody {
  readonly service: MicroService | undefined;
  /** Replace the service's tags, unless there are none. */
  readonly tags: StringMap;
  /** Added to the service's black or white list, where the configuration has such lists. */
  readonly rules: readonly SentRule[];
  /** Registered for the service. */
  readonly instances: readonly MicroServiceInstance[];
}

/** Registers a service with what comes with it (spec 04 §3.1). */
export class ServiceRegistration {
  readonly #options: ServiceRegistrationOptions;

  constructor(options: ServiceRegistrationOptions) {
    this.#options = options;
  }

  /** See {@link ServiceLifecycle.register}. */
  async register(scope: RequestScope, body: RegisterServiceBody): Promise<string> {
    if (body.service === undefined) {
      throw new ServiceCenterError('invalidParameters', 'Request body is empty');
    }
    const { clock, quota } = this.#options;
    const service = withServiceDefaults(body.service, unixSeconds(clock));
    checkMicroService(service, quota.schemaLimit);
    const serviceId = await this.#register(scope.tenant, service);
    await this.#storeExtras(scope, serviceId, body);
    return serviceId;
  }

  async #register(tenant: Tenant, service: MicroService): Promise<string> {
    const { quota, sharedServices } = this.#options;
    if (sharedServices.isSharedService(tenant, service)) return this.#store(tenant, service);
    return quota.register('SERVICE', tenant, () => this.#store(tenant, service));
  }

  async #store(tenant: Tenant, service: MicroService): Promise<string> {
    const { repository, barrier } = this.#options;
    const isIdRequested = service.serviceId !== '';
    const write = repository.register({
      tenant,
      service: isIdRequested ? service : { ...service, serviceId: this.#newId(tenant, service) },
      isIdRequested,
    });
    const registered = await barrier.passed(
      withDetail(write, {
        serviceAlreadyExists: 'ServiceID conflict or found the same service with different id.',
      }),
    );
    return registered.serviceId;
  }

  #newId(tenant: Tenant, service: MicroService): string {
    const { repository, config } = this.#options;
    return config.serviceIdKind === 'context'
      ? repository.contextServiceId(tenant, service)
      : randomId();
  }

  async #storeExtras(
    scope: RequestScope,
    serviceId: string,
    body: RegisterServiceBody,
  ): Promise<void> {
    const { tags, rules, instances, config } = this.#options;
    const extras: Promise<unknown>[] = body.instances.map((instance) =>
      instances.register(scope, serviceId, instance),
    );
    if (Object.keys(body.tags).length > 0)
      extras.push(tags.replaceAll(scope, serviceId, body.tags));
    if (config.rulesEnabled && body.rules.length > 0)
      extras.push(rules.add(scope, serviceId, body.rules));
    const failures = (await Promise.allSettled(extras)).filter(
      (outcome) => outcome.status === 'rejected',
    );
    if (failures.length === 0) return;
    const reasons: unknown[] = failures.map(({ reason }): unknown => reason);
    throw new ServiceCenterError(
      'invalidParameters',
      `errMessages: [${reasons.map(describeFailure).join(' ')}]`,
      { cause: new AggregateError(reasons, 'parts of a registration failed') },
    );
  }
}

function describeFailure(reason: unknown): string {
  // What is no ServiceCenterError is a fault of ours: its text is for the log, not for the client.
  return (ServiceCenterError.is(reason) ? reason : new ServiceCenterError('internal')).message;
}
