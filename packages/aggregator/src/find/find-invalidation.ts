import type { CacheEvent, MicroService, ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { ServiceIndex } from '../index/service-index.ts';
import type { FindCache } from './find-cache.ts';

/** What {@link FindInvalidation} needs. */
export interface FindInvalidationOptions {
  readonly findCache: FindCache;
  readonly services: ServiceIndex;
}

/**
 * Drops the find answers that a change of the provider's side has overtaken (spec 03 §9.2). What of a consumer decides
 * an answer, its tags among it, is part of the request's key: nobody could say which names a consumer that was refused
 * has asked for.
 */
export class FindInvalidation {
  readonly #findCache: FindCache;
  readonly #services: ServiceIndex;

  constructor(options: FindInvalidationOptions) {
    this.#findCache = options.findCache;
    this.#services = options.services;
  }

  /** Takes over a change that caches and indexes have taken over. */
  apply(event: CacheEvent): void {
    switch (event.resourceType) {
      case 'SERVICE':
        if (event.previous !== undefined) this.#dropService(event.previous);
        this.#dropService(event.resource);
        break;
      case 'INSTANCE':
      case 'RULE':
      case 'SERVICE_TAG':
        this.#dropProvider(event.resource.identity);
        break;
      default:
        break;
    }
  }

  /** A service that is gone has dropped its answers with its own event. */
  #dropProvider(identity: ServiceId): void {
    const service = this.#services.get(identity.tenant, identity.serviceId);
    if (service !== undefined) this.#dropService(service);
  }

  #dropService({ identity, value }: ResourceRecord<'SERVICE'>): void {
    this.#dropNames(identity.tenant, value);
  }

  #dropNames(tenant: Tenant, { environment, appId, serviceName, alias }: MicroService): void {
    this.#findCache.drop(tenant, environment, appId, serviceName);
    if (alias !== '') this.#findCache.drop(tenant, environment, appId, alias);
  }
}

interface ServiceId {
  readonly tenant: Tenant;
  readonly serviceId: string;
}
