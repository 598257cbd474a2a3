import {
  encodeMicroServiceInstance,
  ServiceCenterError,
  type InstanceKey,
  type InstanceRepository,
  type Logger,
  type MicroServiceInstance,
  type RegisteredInstance,
  type RegisterInstanceRequest,
  type Renewal,
  type Resource,
  type StringMap,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { leaseKey, servicePrefix } from '../layout/store-keys.ts';
import { parseLeaseId } from '../lease/lease-id.ts';
import type { LeaseRegister } from '../lease/lease-register.ts';
import type { LeaseRenewer } from '../lease/lease-renewer.ts';
import { isPresent, isUnchanged } from '../store/compares.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import { InstanceRegistration } from './instance-registration.ts';
import type { ResourceStore } from './resource-store.ts';
import { updateStatusWhere } from './status-update.ts';

/** What a {@link KvInstanceRepository} is made of. */
export interface KvInstanceRepositoryOptions {
  readonly resources: ResourceStore;
  readonly leases: LeaseRegister;
  readonly renewer: LeaseRenewer;
  readonly logger: Logger;
}

/** Instances under leases (spec 02 §1.3 and §1.4). */
export class KvInstanceRepository implements InstanceRepository {
  readonly #resources: ResourceStore;
  readonly #leases: LeaseRegister;
  readonly #renewer: LeaseRenewer;
  readonly #registration: InstanceRegistration;

  constructor({ resources, leases, renewer, logger }: KvInstanceRepositoryOptions) {
    this.#resources = resources;
    this.#leases = leases;
    this.#renewer = renewer;
    this.#registration = new InstanceRegistration({ resources, leases, logger });
  }

  async register(request: RegisterInstanceRequest): Promise<RegisteredInstance> {
    return this.#registration.register(request);
  }

  async updateStatus(key: InstanceKey, status: string, modTimestamp: string): Promise<Written> {
    return this.#update(key, (instance) => ({ ...instance, status, modTimestamp }));
  }

  async updateProperties(
    key: InstanceKey,
    properties: StringMap,
    modTimestamp: string,
  ): Promise<Written> {
    return this.#update(key, (instance) => ({ ...instance, properties, modTimestamp }));
  }

  async updateStatusWhere(tenant: Tenant, properties: StringMap, status: string): Promise<Written> {
    return updateStatusWhere(this.#resources, { tenant, properties, status });
  }

  async unregister(key: InstanceKey): Promise<Written> {
    const { tenant, serviceId, instanceId } = key;
    const record = await this.#resources.kv.get(leaseKey(tenant, serviceId, instanceId));
    const lease = parseLeaseId(record?.value);
    if (lease === undefined) throw instanceNotExists(instanceId);
    const revision = await this.#resources.kv.revokeLease(lease);
    if (revision === undefined) throw instanceNotExists(instanceId);
    this.#leases.forget(keyLayouts.INSTANCE.build(key), revision);
    return this.#resources.written(revision);
  }

  async renew(key: InstanceKey): Promise<Renewal> {
    return this.#renewer.renew(key);
  }

  async get(key: InstanceKey): Promise<Resource<'INSTANCE'> | undefined> {
    return this.#resources.get('INSTANCE', key);
  }

  async list(tenant: Tenant, serviceId: string): Promise<readonly Resource<'INSTANCE'>[]> {
    const prefix = servicePrefix(keyLayouts.INSTANCE.prefix, tenant, serviceId);
    const resources = await this.#resources.list('INSTANCE', prefix);
    // The prefix of service `a` also starts the keys of a service stored as `a/b` (spec 00, decision 10).
    return resources.filter(({ identity }) => identity.serviceId === serviceId);
  }

  async #update(
    key: InstanceKey,
    change: (instance: MicroServiceInstance) => MicroServiceInstance,
  ): Promise<Written> {
    const { tenant, serviceId, instanceId } = key;
    const serviceKey = keyLayouts.SERVICE.build({ tenant, serviceId });
    const keys = [keyLayouts.INSTANCE.build(key), leaseKey(tenant, serviceId, instanceId)] as const;
    return retryOnConflict(`instance ${instanceId}`, async () => {
      const [service, record, leaseRecord] = await this.#resources.getAll([serviceKey, ...keys]);
      const stored = this.#resources.decode('INSTANCE', record);
      const lease = parseLeaseId(leaseRecord?.value);
      if (service === undefined || stored === undefined || lease === undefined) {
        throw instanceNotExists(instanceId);
      }
      const { succeeded, revision } = await this.#resources.kv.commit({
        compares: [
          isPresent(serviceKey),
          isUnchanged(keys[0], record),
          isUnchanged(keys[1], leaseRecord),
        ],
        success: [
          {
            kind: 'put',
            key: stored.key,
            value: encodeMicroServiceInstance(change(stored.value)),
            lease,
          },
        ],
      });
      return succeeded ? this.#resources.written(revision) : undefined;
    });
  }
}

function instanceNotExists(instanceId: string): ServiceCenterError {
  return new ServiceCenterError('instanceNotExists', `instance ${instanceId} is not registered`);
}
