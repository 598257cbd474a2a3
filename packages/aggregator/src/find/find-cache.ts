import type { ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { InstanceIndex } from '../index/instance-index.ts';
import { ServiceNameMap } from '../index/service-name-map.ts';
import { EncodedFindAnswer } from './encoded-find-answer.ts';
import type { FindAnswer, Resolution } from './find-answer.ts';
import { FindRoot, type FindRootName } from './find-root.ts';

/** What a {@link FindCache} needs. */
export interface FindCacheOptions {
  readonly instances: Pick<InstanceIndex, 'ofService'>;
  /** How much it may hold. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** Counts of a {@link FindCache} since its start, and what it holds. */
export interface FindCacheStatistics {
  readonly hits: number;
  readonly misses: number;
  readonly roots: number;
  readonly bytes: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * Find answers as encoded bytes (design §3.5): requests that select the same services share one buffer.
 *
 * Answers hang on the name that was asked for, and all answers of a name are dropped when anything of a service of this
 * name or alias changes, before anybody is told of the change (spec 03 §12.6 D13). The names used least recently make
 * room when there is too much.
 */
export class FindCache {
  readonly #instances: Pick<InstanceIndex, 'ofService'>;
  readonly #maxBytes: number;
  readonly #roots = new ServiceNameMap<FindRoot>();
  #oldest: FindRoot | undefined;
  #newest: FindRoot | undefined;
  #rootCount = 0;
  #bytes = 0;
  #hits = 0;
  #misses = 0;

  constructor(options: FindCacheOptions) {
    this.#instances = options.instances;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  get statistics(): FindCacheStatistics {
    return {
      hits: this.#hits,
      misses: this.#misses,
      roots: this.#rootCount,
      bytes: this.#bytes,
    };
  }

  /**
   * The answer to a find request, from the cache or made now.
   *
   * @param root - the name that is asked for, in the tenant of the providers
   * @param requestKey - all else that the selection depends on: version rule, tags, consumer. Keep the string for the
   *   next time, a string that was looked up before is found faster
   * @param resolve - selects the services; called only when the request is new. What it throws passes through and
   *   nothing is kept
   */
  lookup(root: FindRootName, requestKey: string, resolve: () => Resolution): FindAnswer {
    const known = this.#roots.get(root.tenant, root.environment, root.appId, root.serviceName);
    const answer = known?.get(requestKey);
    if (known !== undefined && answer !== undefined) {
      this.#hits++;
      if (known !== this.#newest) this.#touch(known);
      return answer;
    }
    this.#misses++;
    return this.#make(root, requestKey, resolve());
  }

  /** Drops the answers of one name. */
  drop(tenant: Tenant, environment: string, appId: string, serviceName: string): void {
    // The caches drop a name for each instance they are filled with, long before anybody finds anything.
    if (this.#rootCount === 0) return;
    const root = this.#roots.delete(tenant, environment, appId, serviceName);
    if (root !== undefined) this.#forget(root);
  }

  /** Drops everything. */
  clear(): void {
    while (this.#oldest !== undefined) this.#evict(this.#oldest);
  }

  #make(name: FindRootName, requestKey: string, resolution: Resolution): FindAnswer {
    const root = this.#rootOf(name);
    const bytesBefore = root.bytes;
    const answer = root.result(resolution) ?? this.#encode(root, resolution);
    root.add(requestKey, resolution, answer);
    this.#bytes += root.bytes - bytesBefore;
    this.#makeRoom(root, requestKey, resolution, answer);
    return answer;
  }

  #encode(root: FindRoot, resolution: Resolution): EncodedFindAnswer {
    const instances: ResourceRecord<'INSTANCE'>[] = [];
    for (const serviceId of resolution.serviceIds) {
      for (const instance of this.#instances.ofService(root.name.tenant, serviceId)) {
        instances.push(instance);
      }
    }
    return new EncodedFindAnswer(resolution, instances, (answer) => {
      this.#countCompressed(root, answer);
    });
  }

  #countCompressed(root: FindRoot, answer: EncodedFindAnswer): void {
    // An answer that was dropped while it was compressed belongs to its last readers, not to the cache.
    if (!answer.isCurrent) return;
    const bytes = answer.gzipBody?.length ?? 0;
    root.grow(bytes);
    this.#bytes += bytes;
    this.#evictLeastRecentlyUsed();
  }

  #rootOf(name: FindRootName): FindRoot {
    const { tenant, environment, appId, serviceName } = name;
    const known = this.#roots.get(tenant, environment, appId, serviceName);
    if (known !== undefined) {
      this.#touch(known);
      return known;
    }
    const root = new FindRoot(name);
    this.#roots.set(tenant, environment, appId, serviceName, root);
    this.#rootCount++;
    this.#bytes += root.bytes;
    this.#append(root);
    return root;
  }

  #makeRoom(
    root: FindRoot,
    requestKey: string,
    resolution: Resolution,
    answer: EncodedFindAnswer,
  ): void {
    this.#evictLeastRecentlyUsed();
    if (this.#bytes <= this.#maxBytes) return;
    // This name alone is too much. An answer that is too large by itself is kept all the same: to encode it again for
    // each request costs more than to hold it.
    const bytesBefore = root.bytes;
    root.expire(answer);
    root.add(requestKey, resolution, answer);
    this.#bytes += root.bytes - bytesBefore;
  }

  #evictLeastRecentlyUsed(): void {
    while (
      this.#bytes > this.#maxBytes &&
      this.#oldest !== undefined &&
      this.#oldest !== this.#newest
    ) {
      this.#evict(this.#oldest);
    }
  }

  #evict(root: FindRoot): void {
    const { tenant, environment, appId, serviceName } = root.name;
    this.#roots.delete(tenant, environment, appId, serviceName);
    this.#forget(root);
  }

  #forget(root: FindRoot): void {
    this.#unlink(root);
    this.#rootCount--;
    this.#bytes -= root.bytes;
    root.expire();
  }

  #touch(root: FindRoot): void {
    if (root === this.#newest) return;
    this.#unlink(root);
    this.#append(root);
  }

  #append(root: FindRoot): void {
    root.older = this.#newest;
    root.newer = undefined;
    if (this.#newest === undefined) this.#oldest = root;
    else this.#newest.newer = root;
    this.#newest = root;
  }

  #unlink(root: FindRoot): void {
    if (root.older === undefined) this.#oldest = root.newer;
    else root.older.newer = root.newer;
    if (root.newer === undefined) this.#newest = root.older;
    else root.newer.older = root.older;
    root.older = undefined;
    root.newer = undefined;
  }
}
