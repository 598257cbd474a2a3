import type { MicroService } from '../model/microservice.ts';
import type { StringMap } from '../model/string-map.ts';
import type { Tenant } from '../model/tenant.ts';
import type { ResourceRecord } from '../source/resource.ts';
import type { Written } from './written.ts';

/** A service to create, complete with defaults and times. */
export interface RegisterServiceRequest {
  readonly tenant: Tenant;
  /** Its serviceId is the one to use when nothing is stored yet. */
  readonly service: MicroService;
  /** Whether the client itself chose the serviceId; a different stored one is then a conflict. */
  readonly isIdRequested: boolean;
}

/** A created or found service. */
export interface RegisteredService extends Written {
  readonly serviceId: string;
  /** false: the service was there already and nothing was changed. */
  readonly isNew: boolean;
}

/** Services with their name and alias (spec 02 §1.3, spec 04 §3). */
export interface ServiceRepository {
  /**
   * The id that a generated serviceId has in this store for a service of this name, when ids are derived from names
   * (spec 02 §5, `context`).
   */
  contextServiceId(tenant: Tenant, service: MicroService): string;
  /**
   * Creates a service unless its id, name or alias is taken; all or nothing.
   *
   * @throws ServiceCenterError `serviceAlreadyExists` when a requested id conflicts with what is stored
   */
  register(request: RegisterServiceRequest): Promise<RegisteredService>;
  /**
   * Replaces the properties.
   *
   * @param modTimestamp - time of the change, unix seconds
   * @throws ServiceCenterError `serviceNotExists`
   */
  updateProperties(
    tenant: Tenant,
    serviceId: string,
    properties: StringMap,
    modTimestamp: string,
  ): Promise<Written>;
  /**
   * Deletes a service with everything that belongs to it: name, alias, tags, rules, schemas, instances with their
   * leases; and queues the removal of its dependencies.
   *
   * @param onlyWithoutInstances - refuse when an instance is stored, decided together with the deletion
   * @throws ServiceCenterError `serviceNotExists`, `deployedInstance`
   */
  delete(tenant: Tenant, serviceId: string, onlyWithoutInstances: boolean): Promise<Written>;
  /** Reads one service from the store. */
  get(tenant: Tenant, serviceId: string): Promise<ResourceRecord<'SERVICE'> | undefined>;
  /** Reads all services of a tenant from the store. */
  list(tenant: Tenant): Promise<readonly ResourceRecord<'SERVICE'>[]>;
}
