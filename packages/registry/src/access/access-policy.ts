import type { Aggregator } from '@service-center/aggregator';
import { encodeTextMap, type MicroService, type ResourceRecord } from '@service-center/sdcommon';

import type { ServiceName } from '../service/provider-lookup.ts';
import type { SharedServices } from '../service/shared-services.ts';
import { RuleLists } from './rule-lists.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What an {@link AccessPolicy} works with. */
export interface AccessPolicyOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'tags' | 'rules'>;
  readonly sharedServices: SharedServices;
  /** false: black and white lists have no effect. */
  readonly rulesEnabled: boolean;
}

/** Decides which providers a consumer may use (spec 04 §1.8, spec 01 §10). */
export class AccessPolicy {
  readonly #aggregator: AccessPolicyOptions['aggregator'];
  readonly #sharedServices: SharedServices;
  readonly #rulesEnabled: boolean;
  readonly #lists = new RuleLists();

  constructor(options: AccessPolicyOptions) {
    this.#aggregator = options.aggregator;
    this.#sharedServices = options.sharedServices;
    this.#rulesEnabled = options.rulesEnabled;
  }

  /**
   * Whether a consumer may use a provider: both belong to one application, or the provider allows others in; both live
   * in one environment, unless the provider is a shared service; and the provider's black or white list lets it through.
   */
  allows(consumer: ServiceRecord, provider: ServiceRecord): boolean {
    return (
      (consumer.value.appId === provider.value.appId || allowsCrossApp(provider.value)) &&
      (consumer.value.environment === provider.value.environment ||
        this.#sharedServices.isSharedService(provider.identity.tenant, provider.value)) &&
      (!this.#rulesEnabled || this.#isListAllowing(consumer, provider))
    );
  }

  /** Whether any version of the providers that go by a name or alias has a black or white list. */
  hasRules({ tenant, environment, appId, serviceName }: ServiceName): boolean {
    const { services, rules } = this.#aggregator;
    if (!this.#rulesEnabled || !rules.hasAny(tenant)) return false;
    const isListed = ({ identity }: ServiceRecord): boolean =>
      rules.ofService(tenant, identity.serviceId).length > 0;
    return (
      services.versions(tenant, environment, appId, serviceName).some(isListed) ||
      services.byAlias(tenant, environment, appId, serviceName).some(isListed)
    );
  }

  /**
   * What of a consumer decides which providers without lists it may use: consumers with equal scopes get equal answers,
   * and share them in the find cache.
   */
  commonScope({ value }: ServiceRecord): string {
    return `${value.environment}/${value.appId}`;
  }

  /** What of a consumer decides which providers with lists it may use: everything a rule may look at. */
  ownScope({ key, modRevision, identity }: ServiceRecord): string {
    const tags = this.#aggregator.tags.get(identity.tenant, identity.serviceId);
    return `${key}@${modRevision} ${encodeTextMap(tags)}`;
  }

  #isListAllowing(consumer: ServiceRecord, provider: ServiceRecord): boolean {
    const { tags, rules } = this.#aggregator;
    return this.#lists.allows(
      rules.ofService(provider.identity.tenant, provider.identity.serviceId),
      consumer.value,
      tags.get(consumer.identity.tenant, consumer.identity.serviceId),
    );
  }
}

/** Whether a provider lets consumers of other applications in (spec 04 §1.8). */
export function allowsCrossApp(provider: MicroService): boolean {
  const { allowCrossApp } = provider.properties;
  return allowCrossApp !== undefined && allowCrossApp.toLowerCase() === 'true';
}
