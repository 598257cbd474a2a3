import {
  encodeFindAnswer,
  findRevision,
  type Aggregator,
  type FindAnswer,
  type Resolution,
} from '@service-center/aggregator';
import type {
  InstanceRepository,
  MicroService,
  ResourceRecord,
  Tenant,
} from '@service-center/sdcommon';

import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RegistryConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import type { ProviderLookup, ServiceName } from '../service/provider-lookup.ts';
import type { SharedServices } from '../service/shared-services.ts';
import {
  check,
  findChecks,
  getInstanceChecks,
  listInstancesChecks,
  type ProviderQuery,
} from '../validation/index.ts';
import { accessScope, isAccessible } from './access.ts';
import { parseFindVersion, versionRuleId } from './find-version.ts';
import {
  consumerMissing,
  instanceMissing,
  instancesMissing,
  providerMissing,
  providerNameMissing,
} from './not-found.ts';
import { PreparedFind, type FindBinding } from './prepared-find.ts';
import { hasAllTags, splitTags } from './tag-keys.ts';

/** What a {@link Discovery} works with. */
export interface DiscoveryOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances' | 'tags' | 'findCache'>;
  readonly repository: Pick<InstanceRepository, 'list' | 'get'>;
  readonly freshness: CacheFreshness;
  readonly lookup: ProviderLookup;
  readonly sharedServices: SharedServices;
  readonly recorder: DependencyRecorder;
  readonly config: RegistryConfig;
}

/** The parameters of a find, as text after URL decoding; `''` for what is absent (spec 04 §1.1). */
export interface FindParameters {
  readonly tenant: Tenant;
  /** Where shared services are looked for: the `X-Domain-Name` of a v3 request; the caller's own tenant in v4. */
  readonly targetTenant: Tenant;
  readonly consumerId: string;
  /** Counts only without a consumer. */
  readonly environment: string;
  readonly appId: string;
  /** A name or an alias. */
  readonly serviceName: string;
  readonly version: string;
  /** Tag keys joined by commas. */
  readonly tags: string;
}

/** Asks for the instances of a provider by its id. */
export interface InstanceQuery {
  /** `''` for none. */
  readonly consumerId: string;
  readonly serviceId: string;
  /** Tag keys joined by commas. */
  readonly tags: string;
}

/** Asks for one instance. */
export interface OneInstanceQuery extends InstanceQuery {
  readonly instanceId: string;
}

/** One instance with the revision of the answer. */
export interface FoundInstance {
  /** Goes into `X-Resource-Revision`. */
  readonly revision: string;
  readonly record: ResourceRecord<'INSTANCE'>;
}

/** Finds the instances of providers (spec 04 §1, spec 01 §4.7 #25, #26 and #31). */
export class Discovery {
  readonly #options: DiscoveryOptions;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /**
   * Checks the parameters of a find.
   *
   * @throws ServiceCenterError `invalidParameters`
   */
  prepare(parameters: FindParameters): PreparedFind {
    const { tenant, targetTenant, consumerId, environment, appId, serviceName } = parameters;
    const { config, sharedServices } = this.#options;
    const tags = splitTags(parameters.tags);
    check(findChecks, { consumerId, environment, appId, serviceName, tags });
    const rule = parseFindVersion(parameters.version, config.findVersionRule);
    const isShared = sharedServices.isShared(targetTenant, appId, serviceName);
    const tagKeys = [...new Set(tags)].toSorted();
    return new PreparedFind({
      tenant,
      consumerId,
      name: isShared
        ? { tenant: targetTenant, environment: config.self.environment, appId, serviceName }
        : { tenant, environment, appId, serviceName },
      isShared,
      rule,
      tagKeys,
      selectionId: `${versionRuleId(rule)} ${tagKeys.join(',')}`,
    });
  }

  /**
   * Answers a find from memory. It is synchronous unless `rev` is neither empty nor the current revision: a client
   * with another one may have been at a server that knows more, so the caches catch up with the store first (spec 00,
   * decision 17). The caller sends "not modified" when `rev` equals the revision of the answer.
   *
   * @throws ServiceCenterError `serviceNotExists` for an unknown consumer or provider, thrown or as a rejection
   */
  answer(find: PreparedFind, rev: string): FindAnswer | Promise<FindAnswer> {
    const answer = this.#answerFromMemory(find);
    return rev === '' || rev === answer.revision ? answer : this.#catchUpAndAnswer(find);
  }

  /**
   * Answers a find with what the store holds. An instance that is kept in memory although the store has lost it does
   * not show.
   *
   * @throws ServiceCenterError `serviceNotExists`, `unavailableBackend`
   */
  async answerFresh(find: PreparedFind, signal?: AbortSignal): Promise<FindAnswer> {
    await this.#options.freshness.sync(signal);
    const binding = this.#bind(find);
    const resolution = this.#resolve(find, binding);
    const answer = await this.#readInstances(binding.name.tenant, resolution);
    this.#recordDependency(find, binding, answer);
    return answer;
  }

  /**
   * Lists the instances of a provider.
   *
   * @param rev - as in {@link Discovery.answer}
   * @throws ServiceCenterError `serviceNotExists` for an unknown consumer or provider, and for a provider that tags or
   *   access rules filter out; `invalidParameters`
   */
  async listInstances(scope: RequestScope, query: InstanceQuery, rev: string): Promise<FindAnswer> {
    const checked: ProviderQuery = { ...query, tags: splitTags(query.tags) };
    check(listInstancesChecks, checked);
    const { freshness } = this.#options;
    await freshness.refresh(scope);
    const answer = this.#listFromMemory(scope.tenant, checked);
    if (scope.noCache === true) {
      return this.#readInstances(scope.tenant, {
        serviceIds: [query.serviceId],
        isFiltered: false,
      });
    }
    if (rev === '' || rev === answer.revision) return answer;
    await freshness.catchUp(scope.signal);
    return this.#listFromMemory(scope.tenant, checked);
  }

  /**
   * Reads one instance of a provider.
   *
   * @param rev - as in {@link Discovery.answer}
   * @throws ServiceCenterError `serviceNotExists` for an unknown consumer or provider; `instanceNotExists`, also when
   *   tags or access rules filter the provider out; `invalidParameters`
   */
  async getInstance(
    scope: RequestScope,
    query: OneInstanceQuery,
    rev: string,
  ): Promise<FoundInstance> {
    const checked = { ...query, tags: splitTags(query.tags) };
    check(getInstanceChecks, checked);
    const { freshness } = this.#options;
    await freshness.refresh(scope);
    if (scope.noCache === true) return this.#getFromStore(scope.tenant, checked);
    const found = this.#getFromMemory(scope.tenant, checked);
    if (rev === '' || rev === found.revision) return found;
    await freshness.catchUp(scope.signal);
    return this.#getFromMemory(scope.tenant, checked);
  }

  #answerFromMemory(find: PreparedFind): FindAnswer {
    const binding = this.#bind(find);
    let answer = find.lastAnswer;
    if (answer?.isCurrent !== true) {
      answer = this.#options.aggregator.findCache.lookup(binding.name, binding.requestKey, () =>
        this.#resolve(find, binding),
      );
      find.lastAnswer = answer;
    }
    if (binding.consumer !== undefined) this.#recordDependency(find, binding, answer);
    return answer;
  }

  async #catchUpAndAnswer(find: PreparedFind): Promise<FindAnswer> {
    await this.#options.freshness.catchUp(undefined);
    return this.#answerFromMemory(find);
  }

  /** Looks the consumer up each time: it may be gone, or registered anew with other properties. */
  #bind(find: PreparedFind): FindBinding {
    const { binding } = find;
    if (find.isShared || find.consumerId === '') {
      if (binding !== undefined) return binding;
      return this.#rebind(find, undefined, find.name, find.selectionId);
    }
    const consumer = this.#options.aggregator.services.get(find.tenant, find.consumerId);
    if (consumer === undefined) throw consumerMissing(find.consumerId);
    if (binding?.consumer === consumer) return binding;
    const { environment } = consumer.value;
    return this.#rebind(
      find,
      consumer,
      { ...find.name, environment },
      `${find.selectionId} ${accessScope(consumer.value)}`,
    );
  }

  #rebind(
    find: PreparedFind,
    consumer: ResourceRecord<'SERVICE'> | undefined,
    name: ServiceName,
    requestKey: string,
  ): FindBinding {
    const binding = { consumer, name, requestKey };
    find.binding = binding;
    find.lastAnswer = undefined;
    return binding;
  }

  #resolve(find: PreparedFind, { consumer, name }: FindBinding): Resolution {
    const found = this.#options.lookup.find(name, find.rule);
    const isUnknown =
      found.kind === 'unknown' || (found.kind === 'noVersion' && find.rule.kind === 'exact');
    if (isUnknown) throw providerNameMissing(consumer?.value, name);
    const candidates = found.kind === 'found' ? found.services : [];
    const services = candidates.filter((candidate) =>
      this.#isSelected(candidate, find.tagKeys, consumer?.value),
    );
    return {
      serviceIds: services.map(({ identity }) => identity.serviceId),
      isFiltered: services.length < candidates.length,
    };
  }

  #isSelected(
    { identity, value }: ResourceRecord<'SERVICE'>,
    tagKeys: readonly string[],
    consumer: MicroService | undefined,
  ): boolean {
    const { aggregator, sharedServices } = this.#options;
    if (consumer !== undefined) {
      const isShared = sharedServices.isSharedService(identity.tenant, value);
      if (!isAccessible(consumer, value, isShared)) return false;
    }
    if (tagKeys.length === 0) return true;
    return hasAllTags(aggregator.tags.get(identity.tenant, identity.serviceId), tagKeys);
  }

  async #readInstances(tenant: Tenant, resolution: Resolution): Promise<FindAnswer> {
    const lists = await Promise.all(
      resolution.serviceIds.map((serviceId) => this.#options.repository.list(tenant, serviceId)),
    );
    return encodeFindAnswer(resolution, lists.flatMap(inRegistrationOrder));
  }

  #recordDependency(find: PreparedFind, { consumer }: FindBinding, answer: FindAnswer): void {
    const newest = answer.serviceIds[0];
    if (consumer === undefined || newest === undefined) return;
    this.#options.recorder.record(find.tenant, consumer, newest);
  }

  #listFromMemory(tenant: Tenant, query: ProviderQuery): FindAnswer {
    const { consumer, provider } = this.#requireProvider(tenant, query);
    if (!this.#isSelected(provider, query.tags, consumer)) {
      throw instancesMissing(consumer, provider.value);
    }
    const { environment, appId, serviceName } = provider.value;
    return this.#options.aggregator.findCache.lookup(
      { tenant, environment, appId, serviceName },
      `id ${query.serviceId}`,
      () => ({ serviceIds: [query.serviceId], isFiltered: false }),
    );
  }

  #getFromMemory(
    tenant: Tenant,
    query: ProviderQuery & { readonly instanceId: string },
  ): FoundInstance {
    const { consumer, provider } = this.#requireProvider(tenant, query);
    const record = this.#isSelected(provider, query.tags, consumer)
      ? this.#options.aggregator.instances.get(tenant, query.serviceId, query.instanceId)
      : undefined;
    return foundInstance(record, consumer, provider.value, query.instanceId);
  }

  async #getFromStore(
    tenant: Tenant,
    query: ProviderQuery & { readonly instanceId: string },
  ): Promise<FoundInstance> {
    const { consumer, provider } = this.#requireProvider(tenant, query);
    const { serviceId, instanceId } = query;
    const record = this.#isSelected(provider, query.tags, consumer)
      ? await this.#options.repository.get({ tenant, serviceId, instanceId })
      : undefined;
    return foundInstance(record, consumer, provider.value, instanceId);
  }

  #requireProvider(
    tenant: Tenant,
    { consumerId, serviceId }: ProviderQuery,
  ): { consumer: MicroService | undefined; provider: ResourceRecord<'SERVICE'> } {
    const { services } = this.#options.aggregator;
    const consumer = consumerId === '' ? undefined : services.get(tenant, consumerId)?.value;
    if (consumerId !== '' && consumer === undefined) throw consumerMissing(consumerId);
    const provider = services.get(tenant, serviceId);
    if (provider === undefined) throw providerMissing(serviceId);
    return { consumer, provider };
  }
}

function foundInstance(
  record: ResourceRecord<'INSTANCE'> | undefined,
  consumer: MicroService | undefined,
  provider: MicroService,
  instanceId: string,
): FoundInstance {
  if (record === undefined) throw instanceMissing(consumer, provider, instanceId);
  return { revision: findRevision([record], undefined), record };
}

function inRegistrationOrder(
  records: readonly ResourceRecord<'INSTANCE'>[],
): readonly ResourceRecord<'INSTANCE'>[] {
  return records.toSorted((left, right) => {
    if (left.createRevision !== right.createRevision) {
      return left.createRevision < right.createRevision ? -1 : 1;
    }
    return left.key < right.key ? -1 : 1;
  });
}
