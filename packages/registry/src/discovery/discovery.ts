import type { Aggregator, FindAnswer, Resolution } from '@service-center/aggregator';
import {
  ServiceCenterError,
  type InstanceRepository,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RegistryConfig } from '../registry-config.ts';
import type { RequestScope } from '../request-scope.ts';
import type { ProviderLookup, ServiceName } from '../service/provider-lookup.ts';
import type { SharedServices } from '../service/shared-services.ts';
import { check, findChecks } from '../validation/index.ts';
import { BatchFind, type BatchFindAnswer, type BatchFindRequest } from './batch-find.ts';
import { parseFindVersion, versionRuleId } from './find-version.ts';
import { consumerMissing, providerNameMissing } from './not-found.ts';
import { PreparedFind, type FindBinding } from './prepared-find.ts';
import { ProviderFilter } from './provider-filter.ts';
import {
  ProviderInstances,
  type FoundInstance,
  type InstanceQuery,
  type OneInstanceQuery,
} from './provider-instances.ts';
import { readStoredInstances } from './stored-instances.ts';
import { splitTags } from './tag-keys.ts';

/** What a {@link Discovery} works with. */
export interface DiscoveryOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances' | 'tags' | 'findCache'>;
  readonly access: AccessPolicy;
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

/** Finds the instances of providers (spec 04 §1, spec 01 §4.7 #25, #26 and #31). */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #filter: ProviderFilter;
  readonly #byId: ProviderInstances;
  readonly #batch: BatchFind;

  constructor(options: DiscoveryOptions) {
    const { aggregator, repository, freshness, access } = options;
    this.#options = options;
    this.#filter = new ProviderFilter({ tags: aggregator.tags, access });
    this.#byId = new ProviderInstances({ aggregator, repository, freshness, filter: this.#filter });
    this.#batch = new BatchFind({
      freshness,
      serviceElement: (scope, request, key, rev) => {
        const { environment, appId, serviceName, version } = key;
        const { consumerId, targetTenant } = request;
        const provider = { environment, appId, serviceName, version, tags: '' };
        const find = this.prepare({ tenant: scope.tenant, targetTenant, consumerId, ...provider });
        return {
          rev,
          now: () => this.#answerFromMemory(find),
          fresh: () => this.answerFresh(find, scope.signal),
        };
      },
      instanceElement: (scope, consumerId, address, rev) =>
        this.#byId.element(scope, { ...address, consumerId, tags: '' }, rev),
    });
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
    if (rev === '') return this.#answerFromMemory(find);
    let answer: FindAnswer;
    try {
      answer = this.#answerFromMemory(find);
    } catch (error) {
      // Somebody has found it: the consumer or the provider may be too new for this server.
      if (!ServiceCenterError.is(error, 'serviceNotExists')) throw error;
      return this.#catchUpAndAnswer(find);
    }
    return rev === answer.revision ? answer : this.#catchUpAndAnswer(find);
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
    const answer = await readStoredInstances(
      this.#options.repository,
      binding.name.tenant,
      resolution,
    );
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
  listInstances(scope: RequestScope, query: InstanceQuery, rev: string): Promise<FindAnswer> {
    return this.#byId.list(scope, query, rev);
  }

  /**
   * Reads one instance of a provider.
   *
   * @param rev - as in {@link Discovery.answer}
   * @throws ServiceCenterError `serviceNotExists` for an unknown consumer or provider; `instanceNotExists`, also when
   *   tags or access rules filter the provider out; `invalidParameters`
   */
  getInstance(scope: RequestScope, query: OneInstanceQuery, rev: string): Promise<FoundInstance> {
    return this.#byId.get(scope, query, rev);
  }

  /**
   * Answers many finds at once, each as if it had been asked alone.
   *
   * @throws ServiceCenterError `invalidParameters` when any element breaks a rule, before anything is answered;
   *   `internal` when the registry fails at any of them
   */
  findMany(scope: RequestScope, request: BatchFindRequest): Promise<BatchFindAnswer> {
    return this.#batch.find(scope, request);
  }

  #answerFromMemory(find: PreparedFind): FindAnswer {
    const binding = this.#bind(find);
    let answer = find.lastAnswer;
    if (answer?.isCurrent !== true || this.#hasOtherTags(find, binding)) {
      const requestKey = this.#requestKey(find, binding);
      answer = this.#options.aggregator.findCache.lookup(binding.name, requestKey, () =>
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
      `${find.selectionId} ${this.#options.access.commonScope(consumer)}`,
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

  /** A provider's list may look at everything of a consumer, which then shares its answer with nobody. */
  #requestKey(find: PreparedFind, { consumer, name, requestKey }: FindBinding): string {
    const { access, aggregator } = this.#options;
    find.listedTags = undefined;
    if (consumer === undefined || !access.hasRules(name)) return requestKey;
    const { tenant, serviceId } = consumer.identity;
    find.listedTags = aggregator.tags.get(tenant, serviceId);
    return `${find.selectionId} ${access.ownScope(consumer)}`;
  }

  #hasOtherTags({ listedTags }: PreparedFind, { consumer }: FindBinding): boolean {
    if (listedTags === undefined || consumer === undefined) return false;
    const { tenant, serviceId } = consumer.identity;
    return this.#options.aggregator.tags.get(tenant, serviceId) !== listedTags;
  }

  #resolve(find: PreparedFind, { consumer, name }: FindBinding): Resolution {
    const found = this.#options.lookup.find(name, find.rule);
    const isUnknown =
      found.kind === 'unknown' || (found.kind === 'noVersion' && find.rule.kind === 'exact');
    if (isUnknown) throw providerNameMissing(consumer?.value, name);
    const candidates = found.kind === 'found' ? found.services : [];
    const services = candidates.filter((candidate) =>
      this.#filter.selects(candidate, find.tagKeys, consumer),
    );
    // The services of an alias give way to one that gets the alias as its name, and come back when it goes.
    const isAliased = candidates.some(({ value }) => value.serviceName !== name.serviceName);
    return {
      serviceIds: services.map(({ identity }) => identity.serviceId),
      isFiltered: services.length < candidates.length || find.rule.kind === 'latest' || isAliased,
    };
  }

  #recordDependency(find: PreparedFind, { consumer }: FindBinding, answer: FindAnswer): void {
    const newest = answer.serviceIds[0];
    if (consumer === undefined || newest === undefined) return;
    this.#options.recorder.record(find.tenant, consumer, newest);
  }
}
