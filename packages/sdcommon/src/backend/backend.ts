import type { Observable } from 'rxjs';

import type { ListWatch } from '../source/list-watch.ts';
import type { Position } from '../source/position.ts';
import type { ResourceType } from '../source/resource.ts';
import type { BackendHealth } from './backend-health.ts';
import type { DependencyRepository } from './dependency-repository.ts';
import type { InstanceRepository } from './instance-repository.ts';
import type { Lock, LockOptions } from './lock.ts';
import type { RuleRepository } from './rule-repository.ts';
import type { SchemaRepository } from './schema-repository.ts';
import type { ServerRecordRepository } from './server-record-repository.ts';
import type { ServiceRepository } from './service-repository.ts';
import type { TagRepository } from './tag-repository.ts';
import type { TenantRepository } from './tenant-repository.ts';

/**
 * A store of the registry. Each method of a repository is one atomic intention; each change shows up exactly once in
 * one ordered feed, in store order, and not before it is durable (design §3.1).
 *
 * Every method may throw {@link ServiceCenterError} `unavailableBackend` when the store cannot be reached or refuses
 * to write.
 */
export interface Backend extends AsyncDisposable {
  /** What the store is, for logs: `embedded`, `etcd`, `mongo`. */
  readonly kind: string;
  readonly tenants: TenantRepository;
  readonly services: ServiceRepository;
  readonly instances: InstanceRepository;
  readonly schemas: SchemaRepository;
  readonly tags: TagRepository;
  readonly rules: RuleRepository;
  readonly dependencies: DependencyRepository;
  readonly serverRecord: ServerRecordRepository;
  /** The ordered feed over all types. */
  readonly feed: ListWatch<ResourceType>;
  /** A view of the feed that shows one type. */
  listWatch<T extends ResourceType>(type: T): ListWatch<T>;
  /** The store's current position, asked from the store itself. */
  position(signal: AbortSignal): Promise<Position>;
  /** Takes a lock if it is free. @returns undefined when somebody else holds it */
  tryLock(name: string, options: LockOptions): Promise<Lock | undefined>;
  /** Takes a lock, waiting while somebody else holds it. @throws the signal's reason */
  lock(name: string, options: LockOptions): Promise<Lock>;
  /** Whether the store can be reached, now and at each change. */
  readonly health$: Observable<BackendHealth>;
  /** Ends watches, waits for writes under way and lets go of the store. Harmless when called again. */
  close(): Promise<void>;
}
