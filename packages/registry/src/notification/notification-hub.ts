import type { Aggregator } from '@service-center/aggregator';
import {
  encodeWatchInstanceEvent,
  type CacheEvent,
  type Clock,
  type Logger,
  type MicroService,
  type ResourceRecord,
  type ResourceType,
  type ServiceIdentity,
  type Tenant,
  type WatchAction,
} from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import { serviceKey } from '../dependency/service-key.ts';
import { DeletedServices } from './deleted-services.ts';
import { FanOut } from './fan-out.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import { Outbox } from './outbox.ts';
import { PushFrame } from './push-frame.ts';
import type { Subscriber, Subscription } from './subscriber.ts';
import { Subscriptions } from './subscriptions.ts';

/** What a {@link NotificationHub} works with. */
export interface NotificationHubOptions {
  readonly services: Aggregator['services'];
  readonly resolver: DependencyResolver;
  readonly recorder: DependencyRecorder;
  readonly access: AccessPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: NotificationMetrics;
  /** How many frames may wait for one subscriber. */
  readonly queueLimit: number;
}

/** What a {@link NotificationHub} has to be told of. */
export const followedTypes = [
  'SERVICE',
  'SERVICE_TAG',
  'RULE',
  'DEPENDENCY_RULE',
  'INSTANCE',
] as const satisfies readonly ResourceType[];

type FollowedType = (typeof followedTypes)[number];

/** A provider whose list has changed. */
interface Relisted {
  readonly provider: ResourceRecord<'SERVICE'>;
  /** When the first change of the turn reached the cache. */
  readonly receivedMs: number;
}

// Far more providers than change between two changes of who depends on whom.
const receiverCacheLimit = 10_000;

/**
 * Pushes what happens to instances to the consumers of their service (spec 04 §5, spec 03 §7.4).
 *
 * An event goes out in the same turn in which the caches take it over, to those subscribers whose consumer depends on
 * the provider and may use it; each of them gets it once, and all get the same frame.
 */
export class NotificationHub {
  readonly #options: NotificationHubOptions;
  readonly #subscriptions = new Subscriptions();
  readonly #outboxes = new Map<Outbox, Subscriber>();
  readonly #deleted: DeletedServices;
  readonly #fanOut: FanOut;
  /** Receivers by the key of the provider's record; emptied whenever somebody may come or go. */
  readonly #receivers = new Map<string, readonly Outbox[]>();
  /** Deletions of instances whose service is gone too, told in this turn. */
  #orphans: CacheEvent<'INSTANCE'>[] = [];
  /** Providers whose lists have changed in this turn, by the keys of their records. */
  readonly #relisted = new Map<string, Relisted>();
  #isSettling = false;
  #isClosed = false;

  constructor(options: NotificationHubOptions) {
    this.#options = options;
    this.#deleted = new DeletedServices(options.clock);
    this.#fanOut = new FanOut(options.clock);
  }

  /** How many subscriptions there are. */
  get size(): number {
    return this.#outboxes.size;
  }

  /**
   * Sends the events of a consumer's providers to a subscriber from now on. A consumer may have several subscribers;
   * each gets everything.
   *
   * @param consumerServiceId - not looked up: whether it is registered is for the caller to know
   * @throws Error when the hub is closed
   */
  subscribe(tenant: Tenant, consumerServiceId: string, subscriber: Subscriber): Subscription {
    if (this.#isClosed) throw new Error('the notification hub is closed');
    const { queueLimit: limit, clock, metrics, logger } = this.#options;
    const consumer = { tenant, serviceId: consumerServiceId };
    const outbox = new Outbox({
      consumer,
      subscriber,
      limit,
      clock,
      metrics,
      onFailure: (failed, error) => {
        logger.debug({ err: error, serviceId: consumerServiceId }, 'a subscriber takes no more');
        this.#remove(failed);
        subscriber.close('failed');
      },
    });
    this.#subscriptions.add(consumer, outbox);
    this.#outboxes.set(outbox, subscriber);
    this.#receivers.clear();
    metrics.subscribers(tenant.domain, 1);
    return {
      close: () => {
        this.#remove(outbox);
      },
    };
  }

  /** Takes over an event of the caches. */
  handle(event: CacheEvent<FollowedType>): void {
    if (this.#isClosed) return;
    switch (event.resourceType) {
      case 'SERVICE':
        this.#receivers.clear();
        if (event.type === 'DELETE') this.#rememberDeleted(event.resource);
        break;
      case 'DEPENDENCY_RULE':
        this.#receivers.clear();
        if (this.#deleted.hasFresh) this.#rememberConsumers(event);
        break;
      case 'RULE':
        this.#receivers.clear();
        if (event.type !== 'INIT') this.#relist(event);
        break;
      case 'SERVICE_TAG':
        this.#receivers.clear();
        if (event.type !== 'INIT') this.#pushExpiry(event.resource.identity, event.receivedMs);
        break;
      case 'INSTANCE':
        if (event.type !== 'INIT') this.#pushInstance(event, event.type);
        break;
    }
  }

  /** Ends all subscriptions and takes no more. Harmless when called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fanOut.close();
    for (const [outbox, subscriber] of this.#outboxes) {
      this.#remove(outbox);
      subscriber.close('shutdown');
    }
  }

  #pushInstance(event: CacheEvent<'INSTANCE'>, action: 'CREATE' | 'UPDATE' | 'DELETE'): void {
    if (this.#outboxes.size === 0) return;
    const { identity } = event.resource;
    const provider = this.#options.services.get(identity.tenant, identity.serviceId);
    if (provider === undefined) {
      if (action === 'DELETE') this.#orphans.push(event);
      this.#settleLater();
      return;
    }
    this.#send(event, action, provider.value, this.#receiversOf(provider));
  }

  /** Instances that go together with their service, or after it: see {@link DeletedServices}. */
  #settle(): void {
    this.#isSettling = false;
    const orphans = this.#orphans;
    this.#orphans = [];
    const relisted = [...this.#relisted.values()];
    this.#relisted.clear();
    this.#deleted.endTurn();
    if (this.#isClosed) return;
    for (const { provider, receivedMs } of relisted) this.#pushRelisted(provider, receivedMs);
    for (const event of orphans) {
      const deleted = this.#deleted.get(event.resource.identity);
      if (deleted === undefined) continue;
      this.#send(event, 'DELETE', deleted.service, this.#subscribersOf(deleted.consumers));
    }
  }

  #settleLater(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    queueMicrotask(() => {
      this.#settle();
    });
  }

  #send(
    { resource, receivedMs }: CacheEvent<'INSTANCE'>,
    action: WatchAction,
    provider: MicroService,
    receivers: readonly Outbox[],
  ): void {
    if (receivers.length === 0) return;
    const key = serviceKey(resource.identity.tenant, provider);
    const frame = new PushFrame(encodeWatchInstanceEvent(action, key, resource.encoded));
    this.#fanOut.send(receivers, frame, receivedMs);
  }

  /** Several rules that change together are one change of the list. */
  #relist({ resource, receivedMs }: CacheEvent<'RULE'>): void {
    if (this.#outboxes.size === 0) return;
    const { tenant, serviceId } = resource.identity;
    const provider = this.#options.services.get(tenant, serviceId);
    if (provider === undefined || this.#relisted.has(provider.key)) return;
    this.#relisted.set(provider.key, { provider, receivedMs });
    this.#settleLater();
  }

  /**
   * The consumers of a provider whose list changed are told to forget what they know of it, whether the list lets them
   * through or not (spec 04 §5.4).
   */
  #pushRelisted(provider: ResourceRecord<'SERVICE'>, receivedMs: number): void {
    const { tenant } = provider.identity;
    const { resolver, recorder } = this.#options;
    const receivers = this.#subscribersOf(
      [
        ...resolver.consumers(tenant, provider.value),
        ...recorder.pendingConsumers(tenant, provider.value),
      ].map(({ identity }) => identity),
    );
    if (receivers.length === 0) return;
    const key = serviceKey(tenant, provider.value);
    const frame = new PushFrame(encodeWatchInstanceEvent('EXPIRE', key, undefined));
    this.#fanOut.send(receivers, frame, receivedMs);
  }

  /** A service whose tags changed is told to forget what it knows of each of its providers (spec 04 §5.4). */
  #pushExpiry(identity: ServiceIdentity, receivedMs: number): void {
    const receivers = [...this.#subscriptions.of(identity)];
    if (receivers.length === 0) return;
    const { services, resolver } = this.#options;
    const consumer = services.get(identity.tenant, identity.serviceId);
    if (consumer === undefined) return;
    for (const provider of resolver.providers(identity.tenant, consumer.value)) {
      const key = serviceKey(provider.identity.tenant, provider.value);
      const frame = new PushFrame(encodeWatchInstanceEvent('EXPIRE', key, undefined));
      this.#fanOut.send(receivers, frame, receivedMs);
    }
  }

  #receiversOf(provider: ResourceRecord<'SERVICE'>): readonly Outbox[] {
    let receivers = this.#receivers.get(provider.key);
    if (receivers === undefined) {
      receivers = this.#subscribersOf(this.#consumersOf(provider));
      if (this.#receivers.size >= receiverCacheLimit) this.#receivers.clear();
      this.#receivers.set(provider.key, receivers);
    }
    return this.#withPending(provider, receivers);
  }

  /** Adds those whose find has just been answered and whose rule is still on its way to the store. */
  #withPending(
    provider: ResourceRecord<'SERVICE'>,
    receivers: readonly Outbox[],
  ): readonly Outbox[] {
    const { recorder, access } = this.#options;
    const pending = recorder.pendingConsumers(provider.identity.tenant, provider.value);
    if (pending.length === 0) return receivers;
    const consumers = pending
      .filter((consumer) => access.allows(consumer, provider))
      .map((consumer) => consumer.identity);
    return [...new Set([...receivers, ...this.#subscribersOf(consumers)])];
  }

  #consumersOf(provider: ResourceRecord<'SERVICE'>): readonly ServiceIdentity[] {
    const { resolver, access } = this.#options;
    return resolver
      .consumers(provider.identity.tenant, provider.value)
      .filter((consumer) => access.allows(consumer, provider))
      .map((consumer) => consumer.identity);
  }

  #subscribersOf(consumers: Iterable<ServiceIdentity>): readonly Outbox[] {
    const outboxes = new Set<Outbox>();
    for (const consumer of consumers) {
      for (const outbox of this.#subscriptions.of(consumer)) outboxes.add(outbox);
    }
    return [...outboxes];
  }

  #rememberDeleted(record: ResourceRecord<'SERVICE'>): void {
    const pending = this.#options.recorder.pendingConsumers(record.identity.tenant, record.value);
    this.#deleted.add(record, [
      ...this.#consumersOf(record),
      ...pending.map(({ identity }) => identity),
    ]);
    this.#settleLater();
  }

  #rememberConsumers(event: CacheEvent<'DEPENDENCY_RULE'>): void {
    const gone = event.type === 'DELETE' ? event.resource : event.previous;
    if (gone?.identity.side !== 'p') return;
    const { tenant } = gone.identity;
    const consumers = gone.value.Dependency.flatMap(
      (key) => this.#options.resolver.consumer(key, tenant)?.identity ?? [],
    );
    this.#deleted.addConsumers(gone.identity, consumers);
  }

  #remove(outbox: Outbox): void {
    outbox.close();
    this.#fanOut.delete(outbox);
    if (!this.#outboxes.delete(outbox)) return;
    this.#subscriptions.delete(outbox.consumer, outbox);
    this.#receivers.clear();
    this.#options.metrics.subscribers(outbox.consumer.tenant.domain, -1);
  }
}
