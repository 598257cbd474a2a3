import {
  encodeMicroService,
  ServiceCenterError,
  type Logger,
  type MicroService,
  type RegisteredService,
  type RegisterServiceRequest,
  type Resource,
  type ServiceRepository,
  type StringMap,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { forEachConcurrently } from '../concurrency/for-each-concurrently.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import { contextServiceId } from '../layout/context-service-id.ts';
import { leasesPrefix, servicePrefix, tenantPrefix } from '../layout/store-keys.ts';
import { parseLeaseId } from '../lease/lease-id.ts';
import { isAbsent, isEmptyPrefix, isUnchanged } from '../store/compares.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';
import { serviceDeletion } from './service-deletion.ts';
import { aliasIdentity, nameIdentity } from './service-names.ts';
import { serviceNotExists } from './service-not-exists.ts';

const concurrentRevokes = 64;

/** Services with their name and alias keys (spec 02 §1.3). */
export class KvServiceRepository implements ServiceRepository {
  readonly #resources: ResourceStore;
  readonly #logger: Logger;

  constructor(options: { readonly resources: ResourceStore; readonly logger: Logger }) {
    this.#resources = options.resources;
    this.#logger = options.logger;
  }

  contextServiceId(tenant: Tenant, service: MicroService): string {
    return contextServiceId(nameIdentity(tenant, service));
  }

  async register({
    tenant,
    service,
    isIdRequested,
  }: RegisterServiceRequest): Promise<RegisteredService> {
    const { serviceId, alias } = service;
    const key = keyLayouts.SERVICE.build({ tenant, serviceId });
    const names = [keyLayouts.SERVICE_INDEX.build(nameIdentity(tenant, service))];
    if (alias !== '') names.push(keyLayouts.SERVICE_ALIAS.build(aliasIdentity(tenant, service)));
    const { succeeded, revision, gets } = await this.#resources.kv.commit({
      compares: [key, ...names].map(isAbsent),
      success: [
        { kind: 'put', key, value: encodeMicroService(service) },
        ...names.map((name) => ({ kind: 'put' as const, key: name, value: serviceId })),
      ],
      failure: names.map((name) => ({ kind: 'get', key: name })),
    });
    if (succeeded) return { ...this.#resources.written(revision), serviceId, isNew: true };

    const found = gets.find((record) => record !== undefined && record.value !== '');
    const existingId = found?.value;
    if (isIdRequested && existingId !== serviceId) {
      throw new ServiceCenterError(
        'serviceAlreadyExists',
        'ServiceID conflict or found the same service with different id.',
      );
    }
    if (found === undefined || existingId === undefined) {
      throw new ServiceCenterError(
        'internal',
        `the generated serviceId ${serviceId} belongs to a stored service of another name`,
      );
    }
    return {
      ...this.#resources.written(found.modRevision),
      serviceId: existingId,
      isNew: false,
    };
  }

  async updateProperties(
    tenant: Tenant,
    serviceId: string,
    properties: StringMap,
    modTimestamp: string,
  ): Promise<Written> {
    return retryOnConflict(`service ${serviceId}`, async () => {
      const stored = await this.get(tenant, serviceId);
      if (stored === undefined) throw serviceNotExists(serviceId);
      const value = encodeMicroService({ ...stored.value, properties, modTimestamp });
      const { succeeded, revision } = await this.#resources.kv.commit({
        compares: [isUnchanged(stored.key, stored)],
        success: [{ kind: 'put', key: stored.key, value }],
      });
      return succeeded ? this.#resources.written(revision) : undefined;
    });
  }

  async delete(tenant: Tenant, serviceId: string, onlyWithoutInstances: boolean): Promise<Written> {
    const instances = servicePrefix(keyLayouts.INSTANCE.prefix, tenant, serviceId);
    const leases = servicePrefix(leasesPrefix, tenant, serviceId);
    return retryOnConflict(`service ${serviceId}`, async () => {
      const stored = await this.get(tenant, serviceId);
      if (stored === undefined) throw serviceNotExists(serviceId);
      const leaseRecords = onlyWithoutInstances ? [] : await this.#resources.records(leases);
      const { succeeded, revision, gets } = await this.#resources.kv.commit({
        compares: [
          isUnchanged(stored.key, stored),
          ...(onlyWithoutInstances ? [isEmptyPrefix(instances)] : []),
        ],
        success: serviceDeletion(tenant, stored.value, serviceId),
        failure: [{ kind: 'get', key: stored.key }],
      });
      if (succeeded) {
        await this.#revoke(leaseRecords.map(({ value }) => value));
        return this.#resources.written(revision);
      }
      if (gets[0]?.modRevision === stored.modRevision) {
        throw new ServiceCenterError('deployedInstance', `service ${serviceId} has instances`);
      }
      return undefined;
    });
  }

  async get(tenant: Tenant, serviceId: string): Promise<Resource<'SERVICE'> | undefined> {
    return this.#resources.get('SERVICE', { tenant, serviceId });
  }

  async list(tenant: Tenant): Promise<readonly Resource<'SERVICE'>[]> {
    return this.#resources.list('SERVICE', tenantPrefix(keyLayouts.SERVICE.prefix, tenant));
  }

  /** The keys are gone already; what is left of a lease that is not revoked runs out by itself. */
  async #revoke(leaseTexts: readonly (string | undefined)[]): Promise<void> {
    await forEachConcurrently(leaseTexts, concurrentRevokes, async (text) => {
      const id = parseLeaseId(text);
      if (id === undefined) return;
      try {
        await this.#resources.kv.revokeLease(id);
      } catch (error) {
        this.#logger.warn(
          { err: error, lease: text },
          'a lease of a deleted service was not revoked',
        );
      }
    });
  }
}
