import type { Aggregator } from '@service-center/aggregator';
import type { ResourceRecord } from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import { hasAllTags } from './tag-keys.ts';

/** What a {@link ProviderFilter} works with. */
export interface ProviderFilterOptions {
  readonly tags: Aggregator['tags'];
  readonly access: AccessPolicy;
}

/** Decides whether a request may see a provider: by the consumer's access and by tags (spec 04 §1.7 and §1.8). */
export class ProviderFilter {
  readonly #tags: Aggregator['tags'];
  readonly #access: AccessPolicy;

  constructor(options: ProviderFilterOptions) {
    this.#tags = options.tags;
    this.#access = options.access;
  }

  /**
   * @param tagKeys - which the provider has to have
   * @param consumer - undefined for a request in nobody's name, which may see everything
   */
  selects(
    provider: ResourceRecord<'SERVICE'>,
    tagKeys: readonly string[],
    consumer: ResourceRecord<'SERVICE'> | undefined,
  ): boolean {
    if (consumer !== undefined && !this.#access.allows(consumer, provider)) return false;
    if (tagKeys.length === 0) return true;
    const { tenant, serviceId } = provider.identity;
    return hasAllTags(this.#tags.get(tenant, serviceId), tagKeys);
  }
}
