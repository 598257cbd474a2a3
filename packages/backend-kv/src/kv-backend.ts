import { hostname } from 'node:os';

import {
  resourceTypes,
  ServiceCenterError,
  silentLogger,
  type Backend,
  type BackendHealth,
  type Clock,
  type ListWatch,
  type Lock,
  type LockOptions,
  type Logger,
  type Position,
  type ResourceType,
} from '@service-center/sdcommon';
import type { Observable } from 'rxjs';

import { KvListWatch } from './feed/kv-list-watch.ts';
import { RecordDecoder } from './feed/record-decoder.ts';
import { IdentityInterner } from './layout/identity-interner.ts';
import { LeaseRegister } from './lease/lease-register.ts';
import { LeaseRenewer } from './lease/lease-renewer.ts';
import { KvLocks } from './lock/kv-locks.ts';
import { KvDependencyRepository } from './repository/kv-dependency-repository.ts';
import { KvInstanceRepository } from './repository/kv-instance-repository.ts';
import { KvRuleRepository } from './repository/kv-rule-repository.ts';
import { KvSchemaRepository } from './repository/kv-schema-repository.ts';
import { KvServerRecordRepository } from './repository/kv-server-record-repository.ts';
import { KvServiceRepository } from './repository/kv-service-repository.ts';
import { KvTagRepository } from './repository/kv-tag-repository.ts';
import { KvTenantRepository } from './repository/kv-tenant-repository.ts';
import { ResourceStore } from './repository/resource-store.ts';
import type { KvStore } from './store/kv-store.ts';

/** What a {@link KvBackend} is made of. */
export interface KvBackendOptions {
  /** What the store is, for logs: `embedded`, `etcd`. */
  readonly kind: string;
  /** Belongs to the backend from here on: closing the backend closes it. */
  readonly store: KvStore;
  readonly clock: Clock;
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** Names this process in the locks that it holds. Default: `{hostname}-{pid}`. */
  readonly lockOwner?: string;
}

/**
 * The registry on a {@link KvStore}: the reference's etcd layout and transactions (spec 02 §1), and one ordered feed of
 * all changes. It does no I/O of its own.
 */
export class KvBackend implements Backend {
  readonly kind: string;
  readonly tenants: KvTenantRepository;
  readonly services: KvServiceRepository;
  readonly instances: KvInstanceRepository;
  readonly schemas: KvSchemaRepository;
  readonly tags: KvTagRepository;
  readonly rules: KvRuleRepository;
  readonly dependencies: KvDependencyRepository;
  readonly serverRecord: KvServerRecordRepository;
  readonly feed: ListWatch<ResourceType>;
  readonly #store: KvStore;
  readonly #decoder: RecordDecoder;
  readonly #leases: LeaseRegister;
  readonly #renewer: LeaseRenewer;
  readonly #locks: KvLocks;
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor({ kind, store, clock, logger = silentLogger, lockOwner }: KvBackendOptions) {
    this.kind = kind;
    this.#store = store;
    this.#decoder = new RecordDecoder({ interner: new IdentityInterner() });
    this.#leases = new LeaseRegister({ clock });
    this.#renewer = new LeaseRenewer({ store, leases: this.#leases, clock, logger });
    this.#locks = new KvLocks({
      store,
      clock,
      logger,
      owner: lockOwner ?? `${hostname()}-${process.pid}`,
      closing: this.#closing.signal,
    });
    const resources = new ResourceStore({ store, decoder: this.#decoder, logger });
    this.tenants = new KvTenantRepository({ resources });
    this.services = new KvServiceRepository({ resources, logger });
    this.instances = new KvInstanceRepository({
      resources,
      leases: this.#leases,
      renewer: this.#renewer,
      logger,
    });
    this.schemas = new KvSchemaRepository({ resources });
    this.tags = new KvTagRepository({ resources });
    this.rules = new KvRuleRepository({ resources });
    this.dependencies = new KvDependencyRepository({ resources, logger });
    this.serverRecord = new KvServerRecordRepository({ store, logger });
    this.feed = this.#listWatch(resourceTypes);
  }

  get health$(): Observable<BackendHealth> {
    return this.#store.health$;
  }

  listWatch<T extends ResourceType>(type: T): ListWatch<T> {
    return this.#listWatch([type]);
  }

  async position(signal: AbortSignal): Promise<Position> {
    const order = await this.#store.currentRevision(signal);
    return { order, epoch: this.#store.epoch, resume: '' };
  }

  async tryLock(name: string, options: LockOptions): Promise<Lock | undefined> {
    return this.#locks.tryLock(name, options);
  }

  async lock(name: string, options: LockOptions): Promise<Lock> {
    return this.#locks.lock(name, options);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort(new ServiceCenterError('unavailableBackend', 'the backend is closed'));
    await this.#renewer.close();
    await this.#store.close();
  }

  #listWatch<T extends ResourceType>(types: readonly T[]): ListWatch<T> {
    return new KvListWatch({
      types,
      store: this.#store,
      decoder: this.#decoder,
      leases: this.#leases,
    });
  }
}
