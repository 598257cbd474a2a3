import type { Aggregator } from '@service-center/aggregator';
import type { MicroService, ResourceRecord } from '@service-center/sdcommon';

import type { SharedServices } from '../service/shared-services.ts';
import { isAccessible } from './access.ts';
import { hasAllTags } from './tag-keys.ts';

/** What a {@link ProviderFilter} works with. */
export interface ProviderFilterOptions {
  readonly tags: Aggregator['tags'];
  readonly sharedServices: SharedServices;
}

/** Decides whether a request may see a provider: by the consumer's access and by tags (spec 04 §1.7 and §1.8). */
export class ProviderFilter {
  readonly #tags: Aggregator['tags'];
  readonly #sharedServices: SharedServices;

  constructor(options: ProviderFilterOptions) {
    this.#tags = options.tags;
    this.#sharedServices = options.sharedServices;
  }

  /**
   * @param tagKeys - which the provider has to have
   * @param consumer - undefined for a request in nobody's name, which may see everything
   */
  selects(
    { identity, value }: ResourceRecord<'SERVICE'>,
    tagKeys: readonly string[],
    consumer: MicroService | undefined,
  ): boolean {
    if (consumer !== undefined) {
      const isShared = this.#sharedServices.isSharedService(identity.tenant, value);
      if (!isAccessible(consumer, value, isShared)) return false;
    }
    if (tagKeys.length === 0) return true;
    return hasAllTags(this.#tags.get(identity.tenant, identity.serviceId), tagKeys);
  }
}
