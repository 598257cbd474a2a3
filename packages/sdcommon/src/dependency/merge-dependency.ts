import { anyService, type ConsumerDependency } from '../model/dependency.ts';
import type { MicroServiceKey } from '../model/microservice.ts';

/** What a queued change does to the providers of a consumer. */
export interface MergedDependency {
  /** Providers to whose rules the consumer is added. */
  readonly created: readonly MicroServiceKey[];
  /** Providers from whose rules the consumer is taken out. */
  readonly deleted: readonly MicroServiceKey[];
  /** The consumer's providers afterwards. */
  readonly providers: readonly MicroServiceKey[];
}

/**
 * Merges a queued change into what is stored for the consumer (spec 02 §1.6, spec 04 §2.4 and §2.5).
 *
 * @param stored - the consumer's providers so far
 * @param change - with tenants filled in
 */
export function mergeDependency(
  stored: readonly MicroServiceKey[],
  change: Pick<ConsumerDependency, 'providers' | 'override'>,
): MergedDependency {
  const requested = uniqueProviders(change.providers);
  return change.override ? replaceProviders(stored, requested) : addProviders(stored, requested);
}

function replaceProviders(
  stored: readonly MicroServiceKey[],
  requested: readonly MicroServiceKey[],
): MergedDependency {
  return {
    created: without(requested, stored),
    deleted: without(stored, requested),
    providers: requested,
  };
}

function addProviders(
  stored: readonly MicroServiceKey[],
  requested: readonly MicroServiceKey[],
): MergedDependency {
  if (stored.some(isAnyService)) return { created: [], deleted: [], providers: stored };
  const wildcard = requested.find(isAnyService);
  if (wildcard !== undefined)
    return { created: [wildcard], deleted: stored, providers: [wildcard] };
  const created = without(requested, stored);
  const deleted = stored.filter((old) => created.some((added) => isSameName(old, added)));
  return { created, deleted, providers: [...created, ...without(stored, deleted)] };
}

/** Whether two keys name the same rule; the alias does not count. */
export function isSameDependencyKey(left: MicroServiceKey, right: MicroServiceKey): boolean {
  return isSameName(left, right) && left.version === right.version;
}

function isSameName(left: MicroServiceKey, right: MicroServiceKey): boolean {
  if (left.tenant !== right.tenant || left.environment !== right.environment) return false;
  // A wildcard stands for every service of its environment, whatever application it was sent with.
  if (isAnyService(left) || isAnyService(right)) return isAnyService(left) && isAnyService(right);
  return left.appId === right.appId && left.serviceName === right.serviceName;
}

function isAnyService(key: MicroServiceKey): boolean {
  return key.serviceName === anyService;
}

function without(
  keys: readonly MicroServiceKey[],
  removed: readonly MicroServiceKey[],
): readonly MicroServiceKey[] {
  return keys.filter((key) => !removed.some((other) => isSameDependencyKey(key, other)));
}

function uniqueProviders(keys: readonly MicroServiceKey[]): readonly MicroServiceKey[] {
  return keys.filter(
    (key, index) => keys.findIndex((other) => isSameDependencyKey(key, other)) === index,
  );
}
