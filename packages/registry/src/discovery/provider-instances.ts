import {
  findRevision,
  type Aggregator,
  type FindAnswer,
  type Resolution,
} from '@service-center/aggregator';
import type { InstanceRepository, ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  check,
  getInstanceChecks,
  listInstancesChecks,
  type ProviderQuery,
} from '../validation/index.ts';
import type { BatchElement } from './batch-element.ts';
import {
  consumerMissing,
  instanceMissing,
  instancesMissing,
  providerMissing,
} from './not-found.ts';
import type { ProviderFilter } from './provider-filter.ts';
import { readStoredInstances } from './stored-instances.ts';
import { splitTags } from './tag-keys.ts';

/** What {@link ProviderInstances} work with. */
export interface ProviderInstancesOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'instances' | 'findCache'>;
  readonly repository: Pick<InstanceRepository, 'list' | 'get'>;
  readonly freshness: CacheFreshness;
  readonly filter: ProviderFilter;
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

type OneInstance = ProviderQuery & { readonly instanceId: string };

interface ProviderRequest {
  readonly consumer: ResourceRecord<'SERVICE'> | undefined;
  readonly provider: ResourceRecord<'SERVICE'>;
  /** Whether the consumer may use the provider, and tags select it. */
  readonly isSelected: boolean;
}

/** The instances of a provider that is named by its id (spec 04 §1.10). */
export class ProviderInstances {
  readonly #options: ProviderInstancesOptions;

  constructor(options: ProviderInstancesOptions) {
    this.#options = options;
  }

  /** See {@link Discovery.listInstances}. */
  async list(scope: RequestScope, query: InstanceQuery, rev: string): Promise<FindAnswer> {
    const checked: ProviderQuery = { ...query, tags: splitTags(query.tags) };
    check(listInstancesChecks, checked);
    const { freshness, repository } = this.#options;
    await freshness.refresh(scope);
    const answer = this.#listFromMemory(scope.tenant, checked);
    if (scope.noCache === true)
      return readStoredInstances(repository, scope.tenant, resolutionOf(query));
    if (rev === '' || rev === answer.revision) return answer;
    await freshness.catchUp(scope.signal);
    return this.#listFromMemory(scope.tenant, checked);
  }

  /** See {@link Discovery.getInstance}. */
  async get(scope: RequestScope, query: OneInstanceQuery, rev: string): Promise<FoundInstance> {
    const checked: OneInstance = { ...query, tags: splitTags(query.tags) };
    check(getInstanceChecks, checked);
    const { freshness } = this.#options;
    await freshness.refresh(scope);
    if (scope.noCache === true) return this.#getFromStore(scope.tenant, checked);
    const found = this.#getFromMemory(scope.tenant, checked);
    if (rev === '' || rev === found.revision) return found;
    await freshness.catchUp(scope.signal);
    return this.#getFromMemory(scope.tenant, checked);
  }

  /** One instance as an element of a batch. @throws ServiceCenterError `invalidParameters` */
  element(scope: RequestScope, query: OneInstanceQuery, rev: string): BatchElement<FoundInstance> {
    const checked: OneInstance = { ...query, tags: splitTags(query.tags) };
    check(getInstanceChecks, checked);
    return {
      rev,
      now: () => this.#getFromMemory(scope.tenant, checked),
      fresh: () => this.get({ ...scope, noCache: true }, query, ''),
    };
  }

  #listFromMemory(tenant: Tenant, query: ProviderQuery): FindAnswer {
    const { consumer, provider, isSelected } = this.#request(tenant, query);
    if (!isSelected) throw instancesMissing(consumer?.value, provider.value);
    const { environment, appId, serviceName } = provider.value;
    return this.#options.aggregator.findCache.lookup(
      { tenant, environment, appId, serviceName },
      `id ${query.serviceId}`,
      () => resolutionOf(query),
    );
  }

  #getFromMemory(tenant: Tenant, query: OneInstance): FoundInstance {
    const request = this.#request(tenant, query);
    const { serviceId, instanceId } = query;
    const record = this.#options.aggregator.instances.get(tenant, serviceId, instanceId);
    return foundInstance(request, record, instanceId);
  }

  async #getFromStore(tenant: Tenant, query: OneInstance): Promise<FoundInstance> {
    const request = this.#request(tenant, query);
    const { serviceId, instanceId } = query;
    const record = await this.#options.repository.get({ tenant, serviceId, instanceId });
    return foundInstance(request, record, instanceId);
  }

  #request(tenant: Tenant, { consumerId, serviceId, tags }: ProviderQuery): ProviderRequest {
    const { aggregator, filter } = this.#options;
    const consumer = consumerId === '' ? undefined : aggregator.services.get(tenant, consumerId);
    if (consumerId !== '' && consumer === undefined) throw consumerMissing(consumerId);
    const provider = aggregator.services.get(tenant, serviceId);
    if (provider === undefined) throw providerMissing(serviceId);
    return { consumer, provider, isSelected: filter.selects(provider, tags, consumer) };
  }
}

function resolutionOf({ serviceId }: Pick<InstanceQuery, 'serviceId'>): Resolution {
  return { serviceIds: [serviceId], isFiltered: false };
}

function foundInstance(
  { consumer, provider, isSelected }: ProviderRequest,
  record: ResourceRecord<'INSTANCE'> | undefined,
  instanceId: string,
): FoundInstance {
  if (!isSelected || record === undefined) {
    throw instanceMissing(consumer?.value, provider.value, instanceId);
  }
  return { revision: findRevision([record], undefined), record };
}
