import { randomUUID } from 'node:crypto';

import {
  encodeConsumerDependency,
  type DependencyRepository,
  type Logger,
  type QueuedDependency,
  type Resource,
  type Tenant,
  type Written,
} from '@service-center/sdcommon';

import { findQueueId, overrideQueueId } from '../layout/dependency-keys.ts';
import { keyLayouts } from '../layout/key-layouts.ts';
import { isAbsent, isUnchanged } from '../store/compares.ts';
import type { KvOperation } from '../store/kv-transaction.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import { compareRevisions } from '../store/revisions.ts';
import { chunksOf, maxTransactionOperations } from '../store/transaction-limit.ts';
import { applyDependency } from './dependency-application.ts';
import { cleanUpDependencies } from './dependency-clean-up.ts';
import type { ResourceStore } from './resource-store.ts';

/** What is put into the queue under one key. */
interface QueueEntry {
  readonly key: string;
  readonly value: string;
  /** Whether what waits under the key already stands for it. */
  readonly onlyIfAbsent: boolean;
}

/** The dependency queue and the rules that come out of it (spec 02 §1.6). */
export class KvDependencyRepository implements DependencyRepository {
  readonly #resources: ResourceStore;
  readonly #logger: Logger;

  constructor(options: { readonly resources: ResourceStore; readonly logger: Logger }) {
    this.#resources = options.resources;
    this.#logger = options.logger;
  }

  async enqueue(changes: readonly QueuedDependency[]): Promise<Written> {
    // Two puts of one key cannot be in one transaction; as in two requests, the later change is the one that stays.
    const entries = [...new Map(changes.map((change) => [queueKey(change), change]))];
    const all = entries.map(([key, { dependency, kind }]) => ({
      key,
      value: encodeConsumerDependency(dependency),
      onlyIfAbsent: kind === 'find',
    }));
    let written: Written | undefined;
    for (const chunk of chunksOf(all, maxTransactionOperations)) {
      written = await this.#enqueueTogether(chunk);
    }
    return written ?? this.#resources.written(await this.#resources.kv.currentRevision());
  }

  async listQueue(): Promise<readonly Resource<'DEPENDENCY_QUEUE'>[]> {
    const queued = await this.#resources.list(
      'DEPENDENCY_QUEUE',
      keyLayouts.DEPENDENCY_QUEUE.prefix,
    );
    // The list is in the order of keys, and the sort is stable.
    return queued.toSorted((left, right) => compareRevisions(left.modRevision, right.modRevision));
  }

  async apply(queued: Resource<'DEPENDENCY_QUEUE'>): Promise<Written> {
    return applyDependency(this.#resources, this.#logger, queued);
  }

  async cleanUp(tenant: Tenant): Promise<Written> {
    return cleanUpDependencies(this.#resources, tenant);
  }

  async discardUnreadable(): Promise<number> {
    const { unreadable } = await this.#resources.range(
      'DEPENDENCY_QUEUE',
      keyLayouts.DEPENDENCY_QUEUE.prefix,
    );
    let discarded = 0;
    for (const { key, revision, reason } of unreadable) {
      const { succeeded } = await this.#resources.kv.commit({
        compares: [isUnchanged(key, { modRevision: revision })],
        success: [{ kind: 'delete', key }],
      });
      if (!succeeded) continue;
      this.#logger.warn({ key, reason }, 'a queued dependency that cannot be read was removed');
      discarded++;
    }
    return discarded;
  }

  async #enqueueTogether(entries: readonly QueueEntry[]): Promise<Written> {
    let wanted = entries;
    return retryOnConflict('the dependency queue', async () => {
      const conditional = wanted.filter(({ onlyIfAbsent }) => onlyIfAbsent);
      const { succeeded, revision, gets } = await this.#resources.kv.commit({
        compares: conditional.map(({ key }) => isAbsent(key)),
        success: wanted.map(({ key, value }): KvOperation => ({ kind: 'put', key, value })),
        failure: conditional.map(({ key }) => ({ kind: 'get', key })),
      });
      if (succeeded) return this.#resources.written(revision);
      const waiting = new Map(gets.map((record) => [record?.key, record?.modRevision ?? 0n]));
      wanted = wanted.filter(({ key, onlyIfAbsent }) => !onlyIfAbsent || !waiting.has(key));
      if (wanted.length > 0) return undefined;
      return this.#resources.written([...waiting.values()].reduce(maxRevision));
    });
  }
}

function queueKey(change: QueuedDependency): string {
  const { tenant, serviceId } = change;
  return keyLayouts.DEPENDENCY_QUEUE.build({ tenant, serviceId, queueId: queueIdOf(change) });
}

function queueIdOf({ kind, dependency }: QueuedDependency): string {
  if (kind === 'override') return overrideQueueId;
  const [provider] = dependency.providers;
  if (kind === 'find' && provider !== undefined) return findQueueId(provider);
  return randomUUID().replaceAll('-', '');
}

function maxRevision(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
