import type { Aggregator } from '@service-center/aggregator';
import {
  anyService,
  anyVersion,
  type CacheEvent,
  type DependencyRepository,
  type Logger,
  type MicroService,
  type MicroServiceKey,
  type QueuedDependency,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import type { ServiceName } from '../service/provider-lookup.ts';
import { serviceKey, serviceNameIdentity } from './service-key.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What a {@link DependencyRecorder} works with. */
export interface DependencyRecorderOptions {
  readonly aggregator: Pick<Aggregator, 'services' | 'dependencies'>;
  readonly repository: Pick<DependencyRepository, 'enqueue'>;
  readonly logger: Logger;
  /** How many pairs are remembered at most. Default 200000 */
  readonly pairLimit?: number;
  /** How many records one transaction of the queue takes. Default 100 */
  readonly batchLimit?: number;
}

/** A pair that waits until its rule is stored. */
interface PendingPair {
  readonly consumer: ServiceRecord;
  readonly providerName: string;
  readonly change: QueuedDependency;
}

/** A provider with consumers whose rules are on their way. */
interface PendingProvider {
  readonly name: ServiceName;
  /** By the keys of their records. */
  readonly consumers: Map<string, ServiceRecord>;
}

/**
 * Records what finds tell about who depends on whom (spec 04 §2.2): once for each pair of a consumer and a provider,
 * in the background, several pairs in one transaction.
 *
 * Pairs that are on their way are kept in sight, because the rule that makes pushes follow a find is stored a moment
 * after the find was answered: a provider that changes in between must not be missed.
 */
export class DependencyRecorder {
  readonly #options: DependencyRecorderOptions;
  readonly #pairLimit: number;
  readonly #batchLimit: number;
  /** Provider ids by the key of the consumer's record. */
  readonly #remembered = new Map<string, Set<string>>();
  readonly #queue: PendingPair[] = [];
  /** By the name of the provider. */
  readonly #pending = new Map<string, PendingProvider>();
  #pairs = 0;
  #flushing: Promise<void> | undefined;
  #isFailing = false;
  #isClosed = false;

  constructor(options: DependencyRecorderOptions) {
    this.#options = options;
    this.#pairLimit = options.pairLimit ?? 200_000;
    this.#batchLimit = options.batchLimit ?? 100;
  }

  /**
   * Notes that a consumer has found a provider.
   *
   * @param providerId - any version of the provider
   */
  record(tenant: Tenant, consumer: ServiceRecord, providerId: string): void {
    if (this.#remembered.get(consumer.key)?.has(providerId) === true || this.#isClosed) return;
    const provider = this.#options.aggregator.services.get(tenant, providerId);
    if (provider === undefined) return;
    this.#remember(consumer.key, providerId);
    if (this.#isStored(tenant, consumer.value, provider.value)) return;
    this.#enqueue(tenant, consumer, provider.value);
  }

  /** The consumers of a provider whose rules are still on their way. */
  pendingConsumers(tenant: Tenant, provider: MicroService): readonly ServiceRecord[] {
    if (this.#pending.size === 0) return [];
    const name = providerName(tenant, provider);
    const pending: ServiceRecord[] = [];
    for (const [key, consumer] of this.#pending.get(name)?.consumers ?? []) {
      // Another server may have stored the same rule, and ours then changed nothing.
      if (this.#isStored(tenant, consumer.value, provider)) this.#removePending(name, key);
      else pending.push(consumer);
    }
    return pending;
  }

  /** The providers of a consumer, in all versions, whose rules are still on their way. */
  pendingProviders(consumer: ServiceRecord): readonly ServiceRecord[] {
    const pending: ServiceRecord[] = [];
    for (const { name, consumers } of this.#pending.values()) {
      if (!consumers.has(consumer.key)) continue;
      const { tenant, environment, appId, serviceName } = name;
      pending.push(
        ...this.#options.aggregator.services.versions(tenant, environment, appId, serviceName),
      );
    }
    return pending;
  }

  /** Follows the caches, so that a pair whose rule is taken away is recorded again by the next find. */
  handle(event: CacheEvent<'SERVICE' | 'DEPENDENCY_RULE'>): void {
    if (event.resourceType === 'SERVICE') {
      if (event.type === 'DELETE') this.#forgetService(event.resource.key);
      return;
    }
    const { identity } = event.resource;
    if (identity.side === 'c' && event.type !== 'INIT') {
      const { tenant, environment, appId, serviceName, version } = identity;
      const consumer = this.#options.aggregator.services
        .versions(tenant, environment, appId, serviceName)
        .find(({ value }) => value.version === version);
      if (consumer !== undefined) this.#forgetConsumer(consumer.key);
    }
    if (identity.side === 'p' && event.type !== 'DELETE') this.#settlePending(event.resource);
  }

  /** Waits for what is being written; takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flushing;
  }

  #isStored(tenant: Tenant, consumer: MicroService, provider: MicroService): boolean {
    // A rule of the same name with another version was declared by somebody, and is kept (spec 00, decision 16).
    const { environment, appId, serviceName } = provider;
    return this.#options.aggregator.dependencies
      .providersOf(serviceNameIdentity(tenant, consumer))
      .some(
        (key) =>
          key.serviceName === anyService ||
          (key.environment === environment &&
            key.appId === appId &&
            key.serviceName === serviceName),
      );
  }

  #enqueue(tenant: Tenant, consumer: ServiceRecord, provider: MicroService): void {
    const name = providerName(tenant, provider);
    const { environment, appId, serviceName } = provider;
    const waiting = this.#pending.get(name) ?? {
      name: { tenant, environment, appId, serviceName },
      consumers: new Map<string, ServiceRecord>(),
    };
    waiting.consumers.set(consumer.key, consumer);
    this.#pending.set(name, waiting);
    const providerKey: MicroServiceKey = { ...serviceKey(tenant, provider), version: anyVersion };
    this.#queue.push({
      consumer,
      providerName: name,
      change: {
        tenant,
        serviceId: consumer.identity.serviceId,
        kind: 'find',
        dependency: {
          consumer: serviceKey(tenant, consumer.value),
          providers: [providerKey],
          override: false,
        },
      },
    });
    this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    // The finds of one turn go together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, this.#batchLimit);
      try {
        await this.#options.repository.enqueue(batch.map(({ change }) => change));
        this.#isFailing = false;
      } catch (error) {
        this.#giveUp(batch, error);
      }
    }
    this.#flushing = undefined;
  }

  /** The next find of each pair tries again; until then nothing is lost, the client finds what it asks for. */
  #giveUp(batch: readonly PendingPair[], error: unknown): void {
    for (const { consumer, providerName: name } of batch) {
      this.#forgetConsumer(consumer.key);
      this.#removePending(name, consumer.key);
    }
    if (!this.#isFailing) {
      this.#options.logger.warn(
        { err: error, pairs: batch.length },
        'could not queue dependencies',
      );
    }
    this.#isFailing = true;
  }

  #settlePending(rule: ResourceRecord<'DEPENDENCY_RULE'>): void {
    if (this.#pending.size === 0) return;
    const { tenant, environment, appId, serviceName } = rule.identity;
    const name = providerName(tenant, { environment, appId, serviceName });
    const waiting = this.#pending.get(name);
    if (waiting === undefined) return;
    const stored = new Set(rule.value.Dependency.map(consumerName));
    for (const [key, consumer] of waiting.consumers) {
      const isStored = stored.has(
        consumerName(serviceKey(consumer.identity.tenant, consumer.value)),
      );
      if (isStored) this.#removePending(name, key);
    }
  }

  #removePending(name: string, consumerKey: string): void {
    const consumers = this.#pending.get(name)?.consumers;
    consumers?.delete(consumerKey);
    if (consumers?.size === 0) this.#pending.delete(name);
  }

  #remember(consumerKey: string, providerId: string): void {
    let providers = this.#remembered.get(consumerKey);
    if (providers === undefined) {
      providers = new Set();
      this.#remembered.set(consumerKey, providers);
    }
    providers.add(providerId);
    this.#pairs++;
    // The consumer that was remembered first is the first to be asked again.
    for (const oldest of this.#remembered.keys()) {
      if (this.#pairs <= this.#pairLimit) break;
      this.#forgetConsumer(oldest);
    }
  }

  #forgetService(key: string): void {
    this.#forgetConsumer(key);
    for (const name of this.#pending.keys()) this.#removePending(name, key);
  }

  #forgetConsumer(consumerKey: string): void {
    this.#pairs -= this.#remembered.get(consumerKey)?.size ?? 0;
    this.#remembered.delete(consumerKey);
  }
}

function providerName(
  tenant: Tenant,
  { environment, appId, serviceName }: Pick<MicroService, 'environment' | 'appId' | 'serviceName'>,
): string {
  return [tenant.domain, tenant.project, environment, appId, serviceName].join('/');
}

function consumerName(key: MicroServiceKey): string {
  return [key.tenant, key.environment, key.appId, key.serviceName, key.version].join('/');
}
