import type { Aggregator, FindAnswer } from '@service-center/aggregator';
import {
  defaultTenant,
  ServiceCenterError,
  type BackendHealth,
  type VersionRule,
} from '@service-center/sdcommon';

import type { ProviderLookup, ServiceName } from '../service/provider-lookup.ts';
import { defaultAppId, serviceCenterName } from '../service/shared-services.ts';

/** What a {@link Health} works with. */
export interface HealthOptions {
  readonly findCache: Aggregator['findCache'];
  readonly lookup: ProviderLookup;
  /** Environment of the server's own service. */
  readonly environment: string;
  /** The product's version. */
  readonly version: string;
}

/** Says whether the server can do its work (spec 04 §4.7, spec 01 §4.1 #2, spec 05 §7.3). */
export class Health {
  readonly #options: HealthOptions;
  readonly #name: ServiceName;
  readonly #rule: VersionRule;
  #backend: BackendHealth = { status: 'up' };

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#name = {
      tenant: defaultTenant,
      environment: options.environment,
      appId: defaultAppId,
      serviceName: serviceCenterName,
    };
    this.#rule = { kind: 'exact', version: options.version };
  }

  /** Takes over what the backend says about its store. */
  update(backend: BackendHealth): void {
    this.#backend = backend;
  }

  /** @throws ServiceCenterError `unhealthy` while the store is away */
  assertHealthy(): void {
    if (this.#backend.status === 'down') {
      throw new ServiceCenterError('unhealthy', this.#backend.detail);
    }
  }

  /**
   * The registered servers of this version.
   *
   * @throws ServiceCenterError `unhealthy` while the store is away; `serviceNotExists` and `serviceVersionNotExists` when
   *   no server, or none of this version, has registered
   */
  instances(): FindAnswer {
    this.assertHealthy();
    return this.#options.findCache.lookup(this.#name, 'health', () => {
      const found = this.#options.lookup.exists(this.#name, this.#rule);
      if (found.kind === 'found') {
        return {
          serviceIds: found.services.map(({ identity }) => identity.serviceId),
          isFiltered: false,
        };
      }
      const { environment, version } = this.#options;
      const flag = [environment, defaultAppId, serviceCenterName, version].join('/');
      throw found.kind === 'unknown'
        ? new ServiceCenterError('serviceNotExists', `${flag} does not exist.`)
        : new ServiceCenterError('serviceVersionNotExists', `${flag} version mismatch.`);
    });
  }
}
