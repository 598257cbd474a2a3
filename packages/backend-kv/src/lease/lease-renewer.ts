import {
  ServiceCenterError,
  type Clock,
  type InstanceKey,
  type Logger,
  type Renewal,
} from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { leaseKey } from '../layout/store-keys.ts';
import type { KvStore } from '../store/kv-store.ts';
import { parseLeaseId } from './lease-id.ts';
import type { KnownLease, LeaseRegister } from './lease-register.ts';
import { RenewalReplay } from './renewal-replay.ts';

/** What a {@link LeaseRenewer} is made of. */
export interface LeaseRenewerOptions {
  readonly store: Pick<KvStore, 'get' | 'renewLease'>;
  readonly leases: LeaseRegister;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Heartbeats (spec 02 §1.4; spec 00, decision 18). */
export class LeaseRenewer {
  readonly #store: Pick<KvStore, 'get' | 'renewLease'>;
  readonly #leases: LeaseRegister;
  readonly #clock: Clock;
  readonly #replay: RenewalReplay<InstanceKey>;

  constructor({ store, leases, clock, logger }: LeaseRenewerOptions) {
    this.#store = store;
    this.#leases = leases;
    this.#clock = clock;
    this.#replay = new RenewalReplay<InstanceKey>({
      renew: (key) => this.#renewAgain(key),
      clock,
      logger,
    });
  }

  /**
   * Renews the lease of an instance.
   *
   * @throws ServiceCenterError `instanceNotExists` when there is no such lease; `unavailableBackend` when the store is
   *   away and has confirmed no renewal for as long as the lease lives
   */
  async renew(instance: InstanceKey): Promise<Renewal> {
    const key = keyLayouts.INSTANCE.build(instance);
    const known = this.#leases.get(key);
    try {
      return await this.#renewNow(instance, key, known);
    } catch (error) {
      if (!ServiceCenterError.is(error, 'unavailableBackend')) throw error;
      if (known === undefined || !this.#isFresh(known)) throw error;
      this.#replay.add(key, instance);
      return { isConfirmed: false, ttlSeconds: 0 };
    }
  }

  /** Lets go of the renewals that wait for the store. */
  async close(): Promise<void> {
    await this.#replay.close();
  }

  async #renewNow(
    instance: InstanceKey,
    key: string,
    known: KnownLease | undefined,
  ): Promise<Renewal> {
    if (known !== undefined) {
      const { id, revision } = known;
      const ttlSeconds = await this.#store.renewLease(id);
      if (ttlSeconds !== undefined) {
        this.#leases.confirm(key, { id, revision, ttlSeconds });
        return { isConfirmed: true, ttlSeconds };
      }
    }
    return this.#renewStored(instance, key, known);
  }

  /** The feed may be behind, or the instance have moved to another lease: the store knows (design §3.1). */
  async #renewStored(
    instance: InstanceKey,
    key: string,
    known: KnownLease | undefined,
  ): Promise<Renewal> {
    const { tenant, serviceId, instanceId } = instance;
    const record = await this.#store.get(leaseKey(tenant, serviceId, instanceId));
    const id = parseLeaseId(record?.value);
    if (record !== undefined && id !== undefined && id !== known?.id) {
      const ttlSeconds = await this.#store.renewLease(id);
      if (ttlSeconds !== undefined) {
        this.#leases.confirm(key, { id, revision: record.modRevision, ttlSeconds });
        return { isConfirmed: true, ttlSeconds };
      }
    }
    if (known !== undefined) this.#leases.forget(key, known.revision);
    throw new ServiceCenterError('instanceNotExists', `instance ${instanceId} has no lease`);
  }

  async #renewAgain(instance: InstanceKey): Promise<void> {
    const key = keyLayouts.INSTANCE.build(instance);
    try {
      await this.#renewNow(instance, key, this.#leases.get(key));
    } catch (error) {
      // It ran out meanwhile; its next heartbeat is told so.
      if (!ServiceCenterError.is(error, 'instanceNotExists')) throw error;
    }
  }

  #isFresh({ confirmedMs, ttlSeconds }: KnownLease): boolean {
    return this.#clock.monotonicMs() - confirmedMs < ttlSeconds * 1000;
  }
}
