import type { MicroServiceKey } from './microservice.ts';

/** A change of what a consumer depends on, as it is sent and as it waits in the queue (spec 04 §2). */
export interface ConsumerDependency {
  readonly consumer: MicroServiceKey | undefined;
  readonly providers: readonly MicroServiceKey[];
  /** true: the providers replace what is stored; false: they are added to it. */
  readonly override: boolean;
}

/**
 * One side of stored dependencies: the providers of a consumer, or the consumers of a provider (spec 02 §1.1).
 * The member has a capital letter in the store and on the wire.
 */
export interface MicroServiceDependency {
  readonly Dependency: readonly MicroServiceKey[];
}

/** The provider name that means every service of the consumer's environment (spec 04 §2.4). */
export const anyService = '*';

/** The version rule that every version satisfies; what a find records (spec 00, decision 16). */
export const anyVersion = '0.0.0+';
