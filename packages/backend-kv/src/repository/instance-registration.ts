import {
  encodeMicroServiceInstance,
  ServiceCenterError,
  type Logger,
  type MicroServiceInstance,
  type RegisteredInstance,
  type RegisterInstanceRequest,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { leaseKey } from '../layout/store-keys.ts';
import { parseLeaseId } from '../lease/lease-id.ts';
import type { LeaseRegister } from '../lease/lease-register.ts';
import { isPresent, isUnchanged } from '../store/compares.ts';
import type { KvRecord } from '../store/kv-record.ts';
import type { KvTransactionResult } from '../store/kv-transaction.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';
import { serviceNotExists } from './service-not-exists.ts';

/** What an {@link InstanceRegistration} is made of. */
export interface InstanceRegistrationOptions {
  readonly resources: ResourceStore;
  readonly leases: LeaseRegister;
  readonly logger: Logger;
}

/** The keys of an instance, and what was found under them. */
interface Slot {
  readonly serviceKey: string;
  readonly fileKey: string;
  readonly leaseKey: string;
  readonly file: KvRecord | undefined;
  readonly lease: KvRecord | undefined;
}

/** A stored instance whose lease was just renewed. */
interface LiveInstance {
  readonly instance: MicroServiceInstance;
  readonly modRevision: bigint;
  readonly leaseId: bigint;
  readonly ttlSeconds: number;
}

/**
 * Registers instances (spec 02 §1.3 and §1.4).
 *
 * A repeat of a live instance renews it; another body is stored, with the status and registration time that were there
 * (spec 00, decisions 3 and 22). Another time to live needs another lease: the records move to it before the old one is
 * revoked, so at no moment is the instance without one.
 */
export class InstanceRegistration {
  readonly #resources: ResourceStore;
  readonly #leases: LeaseRegister;
  readonly #logger: Logger;

  constructor({ resources, leases, logger }: InstanceRegistrationOptions) {
    this.#resources = resources;
    this.#leases = leases;
    this.#logger = logger;
  }

  /** @throws ServiceCenterError `serviceNotExists` */
  async register(request: RegisterInstanceRequest): Promise<RegisteredInstance> {
    const { tenant, instance, isIdRequested, ttlSeconds } = request;
    const { serviceId, instanceId } = instance;
    const keys = {
      serviceKey: keyLayouts.SERVICE.build({ tenant, serviceId }),
      fileKey: keyLayouts.INSTANCE.build({ tenant, serviceId, instanceId }),
      leaseKey: leaseKey(tenant, serviceId, instanceId),
    };
    // A generated id is taken by nobody, so there is nothing to look for: one grant and one transaction.
    if (!isIdRequested) {
      const empty = { ...keys, file: undefined, lease: undefined };
      const created = await this.#attach(empty, instance, ttlSeconds, 'created');
      if (created !== undefined) return created;
    }
    return retryOnConflict(`instance ${instanceId}`, async () => {
      const [service, file, lease] = await this.#resources.getAll([
        keys.serviceKey,
        keys.fileKey,
        keys.leaseKey,
      ]);
      if (service === undefined) throw serviceNotExists(serviceId);
      const slot = { ...keys, file, lease };
      const live = await this.#renew(slot);
      return live === undefined
        ? this.#attach(slot, instance, ttlSeconds, 'created')
        : this.#repeat(slot, live, request);
    });
  }

  /** @returns undefined when no readable instance is stored, or its lease is gone */
  async #renew({ fileKey, file, lease }: Slot): Promise<LiveInstance | undefined> {
    const stored = this.#resources.tryDecode('INSTANCE', file);
    const leaseId = parseLeaseId(lease?.value);
    if (stored === undefined || leaseId === undefined) return undefined;
    const ttlSeconds = await this.#resources.kv.renewLease(leaseId);
    if (ttlSeconds === undefined) return undefined;
    const { value: instance, modRevision } = stored;
    this.#leases.confirm(fileKey, { id: leaseId, revision: modRevision, ttlSeconds });
    return { instance, modRevision, leaseId, ttlSeconds };
  }

  /** @returns undefined when the instance was changed meanwhile */
  async #repeat(
    slot: Slot,
    live: LiveInstance,
    { instance: requested, ttlSeconds }: RegisterInstanceRequest,
  ): Promise<RegisteredInstance | undefined> {
    const { status, timestamp, modTimestamp } = live.instance;
    const next = { ...requested, status, timestamp };
    if (live.ttlSeconds !== ttlSeconds) return this.#attach(slot, next, ttlSeconds, 'updated');
    const isSameBody =
      encodeMicroServiceInstance({ ...next, modTimestamp }) ===
      encodeMicroServiceInstance(live.instance);
    if (isSameBody) {
      return { ...this.#resources.written(live.modRevision), outcome: 'renewed' };
    }
    const { succeeded, revision } = await this.#put(slot, next, live.leaseId, false);
    if (!succeeded) return undefined;
    return { ...this.#resources.written(revision), outcome: 'updated' };
  }

  /**
   * Stores the instance under a lease of its own and revokes the one it had.
   *
   * @returns undefined when the slot was changed meanwhile, or the service is gone
   */
  async #attach(
    slot: Slot,
    instance: MicroServiceInstance,
    ttlSeconds: number,
    outcome: 'created' | 'updated',
  ): Promise<RegisteredInstance | undefined> {
    const grant = await this.#resources.kv.grantLease(ttlSeconds);
    let result: KvTransactionResult;
    try {
      result = await this.#put(slot, instance, grant.id, true);
    } catch (error) {
      // It may have been written all the same, and a repeat of the registration then renews this lease: a revocation
      // that arrives after that would remove a live instance. If it was not, the lease runs out by itself.
      if (!ServiceCenterError.is(error, 'unavailableBackend')) await this.#revoke(grant.id);
      throw error;
    }
    if (!result.succeeded) {
      await this.#revoke(grant.id);
      return undefined;
    }
    const { revision } = result;
    this.#leases.confirm(slot.fileKey, { ...grant, revision });
    const replaced = parseLeaseId(slot.lease?.value);
    if (replaced !== undefined) await this.#revoke(replaced);
    return { ...this.#resources.written(revision), outcome };
  }

  async #put(
    slot: Slot,
    instance: MicroServiceInstance,
    lease: bigint,
    isNewLease: boolean,
  ): Promise<KvTransactionResult> {
    const value = encodeMicroServiceInstance(instance);
    return this.#resources.kv.commit({
      compares: [
        isPresent(slot.serviceKey),
        isUnchanged(slot.fileKey, slot.file),
        isUnchanged(slot.leaseKey, slot.lease),
      ],
      success: [
        { kind: 'put', key: slot.fileKey, value, lease },
        ...(isNewLease
          ? [{ kind: 'put' as const, key: slot.leaseKey, value: String(lease), lease }]
          : []),
      ],
      // Many register at once when a provider starts or a server comes back.
      mayShareRevision: true,
    });
  }

  /** Nothing hangs on the lease, so one that cannot be revoked now runs out by itself. */
  async #revoke(lease: bigint): Promise<void> {
    try {
      await this.#resources.kv.revokeLease(lease);
    } catch (error) {
      this.#logger.warn({ err: error, lease: String(lease) }, 'an unused lease was not revoked');
    }
  }
}
