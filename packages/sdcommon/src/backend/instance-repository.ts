import type { MicroServiceInstance } from '../model/microservice-instance.ts';
import type { StringMap } from '../model/string-map.ts';
import type { Tenant } from '../model/tenant.ts';
import type { ResourceRecord } from '../source/resource.ts';
import type { Written } from './written.ts';

/** An instance to register, complete with defaults and times. */
export interface RegisterInstanceRequest {
  readonly tenant: Tenant;
  readonly instance: MicroServiceInstance;
  /** How long it lives without a renewal. */
  readonly ttlSeconds: number;
  /** Whether the client itself chose the instanceId, so that the instance may be alive already. */
  readonly isIdRequested: boolean;
}

/** What a registration did (spec 00, decisions 3 and 22). */
export interface RegisteredInstance extends Written {
  /**
   * `created`: it is new. `renewed`: it was alive with the same body, nothing was written. `updated`: it was alive with
   * another body, which is stored now; status and registration time stayed.
   */
  readonly outcome: 'created' | 'renewed' | 'updated';
}

/** Names one instance. */
export interface InstanceKey {
  readonly tenant: Tenant;
  readonly serviceId: string;
  readonly instanceId: string;
}

/** What a renewal did. */
export interface Renewal {
  /** false: the store did not answer; the renewal is queued and replayed when it is back (spec 00, decision 18). */
  readonly isConfirmed: boolean;
  /** The lease's time to live; 0 when not confirmed. */
  readonly ttlSeconds: number;
}

/** Instances and the leases that keep them alive (spec 02 §1.3 and §1.4, spec 04 §4). */
export interface InstanceRepository {
  /**
   * Registers an instance under a new lease, or renews the live one of the same id.
   *
   * @throws ServiceCenterError `serviceNotExists` when the service is not stored; `unavailableBackend`
   */
  register(request: RegisterInstanceRequest): Promise<RegisteredInstance>;
  /** Sets the status, keeping the lease. @throws ServiceCenterError `instanceNotExists` */
  updateStatus(key: InstanceKey, status: string, modTimestamp: string): Promise<Written>;
  /** Replaces the properties, keeping the lease. @throws ServiceCenterError `instanceNotExists` */
  updateProperties(key: InstanceKey, properties: StringMap, modTimestamp: string): Promise<Written>;
  /**
   * Sets the status of every instance of a tenant whose properties contain all given pairs; of all instances when none
   * is given (spec 01 §4.7 #33). Leases and modification times stay; an instance that has the status already is not
   * written. One that registers meanwhile may be left out, and a stop in between leaves a part done.
   */
  updateStatusWhere(tenant: Tenant, properties: StringMap, status: string): Promise<Written>;
  /** Removes an instance with its lease. @throws ServiceCenterError `instanceNotExists` */
  unregister(key: InstanceKey): Promise<Written>;
  /**
   * Renews the lease. Writes nothing.
   *
   * @throws ServiceCenterError `instanceNotExists` when there is no such lease; `unavailableBackend` when the store has
   *   not confirmed a renewal for longer than the lease lives
   */
  renew(key: InstanceKey): Promise<Renewal>;
  /** Reads one instance from the store. */
  get(key: InstanceKey): Promise<ResourceRecord<'INSTANCE'> | undefined>;
  /** Reads the instances of a service from the store. */
  list(tenant: Tenant, serviceId: string): Promise<readonly ResourceRecord<'INSTANCE'>[]>;
}
