import {
  anyService,
  type CacheEvent,
  type MicroService,
  parseTenant,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { DependencyIndex } from '../index/dependency-index.ts';
import type { ServiceIndex } from '../index/service-index.ts';
import type { FindCache } from './find-cache.ts';

/** What {@link FindInvalidation} needs. */
export interface FindInvalidationOptions {
  readonly findCache: FindCache;
  readonly services: ServiceIndex;
  readonly dependencies: DependencyIndex;
}

/** Drops the find answers that a change of the caches has overtaken (spec 03 §9.2). */
export class FindInvalidation {
  readonly #findCache: FindCache;
  readonly #services: ServiceIndex;
  readonly #dependencies: DependencyIndex;

  constructor(options: FindInvalidationOptions) {
    this.#findCache = options.findCache;
    this.#services = options.services;
    this.#dependencies = options.dependencies;
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
        this.#dropProvider(event.resource.identity);
        break;
      case 'SERVICE_TAG':
        this.#dropProvider(event.resource.identity);
        this.#dropProvidersOf(event.resource.identity);
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

  /** The tags of a consumer may decide which providers it is allowed to see. */
  #dropProvidersOf({ tenant, serviceId }: ServiceId): void {
    const consumer = this.#services.get(tenant, serviceId);
    if (consumer === undefined) return;
    for (const provider of this.#dependencies.providersOf({ tenant, ...consumer.value })) {
      const { environment, appId, serviceName } = provider;
      const providerTenant = parseTenant(provider.tenant) ?? tenant;
      if (serviceName === anyService) {
        this.#findCache.clear();
        return;
      }
      this.#findCache.drop(providerTenant, environment, appId, serviceName);
      for (const version of this.#services.versions(
        providerTenant,
        environment,
        appId,
        serviceName,
      )) {
        this.#dropService(version);
      }
    }
  }
}

interface ServiceId {
  readonly tenant: Tenant;
  readonly serviceId: string;
}
