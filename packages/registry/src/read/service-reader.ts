import type { Aggregator } from '@service-center/aggregator';
import {
  ServiceCenterError,
  type MicroService,
  type ServiceRepository,
  type Tenant,
} from '@service-center/sdcommon';

/** What a {@link ServiceReader} works with. */
export interface ServiceReaderOptions {
  readonly services: Aggregator['services'];
  readonly repository: ServiceRepository;
}

/** Finds the service that a write is about. */
export class ServiceReader {
  readonly #services: Aggregator['services'];
  readonly #repository: ServiceRepository;

  constructor(options: ServiceReaderOptions) {
    this.#services = options.services;
    this.#repository = options.repository;
  }

  /**
   * Reads a service from memory, else from the store: a client may have registered it a moment ago at another server
   * whose write has not reached this one yet.
   *
   * @returns undefined when there is none
   */
  async find(tenant: Tenant, serviceId: string): Promise<MicroService | undefined> {
    const record =
      this.#services.get(tenant, serviceId) ?? (await this.#repository.get(tenant, serviceId));
    return record?.value;
  }

  /**
   * Reads a service that has to be there; see {@link ServiceReader.find}.
   *
   * @param detail - the detail of the error
   * @throws ServiceCenterError `serviceNotExists`
   */
  async require(
    tenant: Tenant,
    serviceId: string,
    detail = 'Service does not exist.',
  ): Promise<MicroService> {
    const service = await this.find(tenant, serviceId);
    if (service === undefined) throw new ServiceCenterError('serviceNotExists', detail);
    return service;
  }
}
