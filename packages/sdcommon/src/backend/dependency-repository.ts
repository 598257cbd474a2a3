import type { ConsumerDependency } from '../model/dependency.ts';
import type { Tenant } from '../model/tenant.ts';
import type { ResourceRecord } from '../source/resource.ts';
import type { Written } from './written.ts';

/** A change of dependencies to put into the queue (spec 02 §1.1, `dep-queue`). */
export interface QueuedDependency {
  readonly tenant: Tenant;
  /** The consumer's serviceId. */
  readonly serviceId: string;
  /**
   * `override`: replaces a waiting override of the same consumer. `add`: waits beside others. `find`: made by a find;
   * dropped when the same provider waits already.
   */
  readonly kind: 'override' | 'add' | 'find';
  readonly dependency: ConsumerDependency;
}

/** What a service depends on and who depends on it (spec 02 §1.6, spec 04 §2). */
export interface DependencyRepository {
  /** Puts changes into the queue, in one transaction. */
  enqueue(changes: readonly QueuedDependency[]): Promise<Written>;
  /** Reads the queue from the store, oldest change first. */
  listQueue(): Promise<readonly ResourceRecord<'DEPENDENCY_QUEUE'>[]>;
  /**
   * Applies one queued change to both sides and takes it out of the queue, unless it was rewritten meanwhile: then it
   * stays and is applied again.
   */
  apply(queued: ResourceRecord<'DEPENDENCY_QUEUE'>): Promise<Written>;
  /** Removes the rules of a tenant that name services which no longer exist; `*` stays. */
  cleanUp(tenant: Tenant): Promise<Written>;
  /** Removes queue records that cannot be read; returns how many. */
  discardUnreadable(): Promise<number>;
}
