import type { Aggregator } from '@service-center/aggregator';
import type {
  CacheEvent,
  Clock,
  Logger,
  MicroService,
  ResourceRecord,
  ResourceType,
  ServiceIdentity,
  Tenant,
  WatchAction,
} from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import { DeletedServices } from './deleted-services.ts';
import { FanOut } from './fan-out.ts';
import { InstanceListing } from './instance-listing.ts';
import { instancePush } from './instance-push.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import { Outbox } from './outbox.ts';
import type { PushFrame } from './push-frame.ts';
import { Receivers } from './receivers.ts';
import type { Subscriber, Subscription } from './subscriber.ts';
import { Subscriptions } from './subscriptions.ts';

/** What a {@link NotificationHub} works with. */
export interface NotificationHubOptions {
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
  readonly resolver: DependencyResolver;
  readonly recorder: DependencyRecorder;
  readonly access: AccessPolicy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: NotificationMetrics;
  /** How many frames may wait for one subscriber. */
  readonly queueLimit: number;
  /** Whether subscribers get `EXPIRE`. */
  readonly sendsExpiry: boolean;
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
  readonly #receivers: Receivers;
  readonly #listing: InstanceListing;
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
    this.#receivers = new Receivers({ ...options, subscriptions: this.#subscriptions });
    this.#listing = new InstanceListing(options);
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
    return this.#subscribe({ tenant, serviceId: consumerServiceId }, subscriber, undefined);
  }

  /**
   * As {@link NotificationHub.subscribe}, with the instances that the consumer's providers have now as `INIT` events
   * before everything else.
   *
   * Listing and subscribing happen in one turn, and the caches tell of a change in the turn in which they take it over.
   * So each change is either in the list or an event, never both and never neither. Revisions would not decide that: a
   * deletion that self-preservation holds back is older than a list that still has its instance (spec 03 §6), and has
   * to be told afterwards.
   *
   * @throws Error when the hub is closed
   */
  listAndSubscribe(
    tenant: Tenant,
    consumerServiceId: string,
    subscriber: Subscriber,
  ): Subscription {
    const consumer = { tenant, serviceId: consumerServiceId };
    return this.#subscribe(consumer, subscriber, this.#listing.open(consumer));
  }

  /** Counts a connection that is sent no events, such as that of heartbeats (spec 04 §5.7), until it is closed. */
  count(tenant: Tenant): Subscription {
    const { metrics } = this.#options;
    let isOpen = true;
    metrics.subscribers(tenant.domain, 1);
    return {
      close: () => {
        if (isOpen) metrics.subscribers(tenant.domain, -1);
        isOpen = false;
      },
    };
  }

  /** Takes over an event of the caches. */
  handle(event: CacheEvent<FollowedType>): void {
    if (this.#isClosed) return;
    const { sendsExpiry } = this.#options;
    switch (event.resourceType) {
      case 'SERVICE':
        this.#receivers.forget();
        if (event.type === 'DELETE') this.#rememberDeleted(event.resource);
        break;
      case 'DEPENDENCY_RULE':
        this.#receivers.forget();
        if (this.#deleted.hasFresh) this.#rememberConsumers(event);
        break;
      case 'RULE':
        this.#receivers.forget();
        if (sendsExpiry && event.type !== 'INIT') this.#relist(event);
        break;
      case 'SERVICE_TAG':
        this.#receivers.forget();
        if (sendsExpiry && event.type !== 'INIT')
          this.#pushExpiry(event.resource.identity, event.receivedMs);
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

  #subscribe(
    consumer: ServiceIdentity,
    subscriber: Subscriber,
    listing: Iterator<PushFrame, undefined> | undefined,
  ): Subscription {
    if (this.#isClosed) throw new Error('the notification hub is closed');
    const { queueLimit: limit, clock, metrics, logger } = this.#options;
    const outbox = new Outbox({
      consumer,
      subscriber,
      limit,
      clock,
      metrics,
      ...(listing !== undefined && { listing }),
      onReady: (ready) => {
        this.#fanOut.drainLater(ready);
      },
      onFailure: (failed, error) => {
        logger.debug({ err: error, serviceId: consumer.serviceId }, 'a subscriber takes no more');
        this.#remove(failed);
        subscriber.close('failed');
      },
    });
    this.#subscriptions.add(consumer, outbox);
    this.#outboxes.set(outbox, subscriber);
    this.#receivers.forget();
    metrics.subscribers(consumer.tenant.domain, 1);
    outbox.drain();
    return {
      close: () => {
        this.#remove(outbox);
      },
    };
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
    this.#send(event, action, provider.value, this.#receivers.of(provider));
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
      this.#send(event, 'DELETE', deleted.service, this.#receivers.ofConsumers(deleted.consumers));
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
    const frame = instancePush(action, resource.identity.tenant, provider, resource.encoded);
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
    const receivers = this.#receivers.ofAllConsumers(provider);
    if (receivers.length === 0) return;
    const frame = instancePush('EXPIRE', tenant, provider.value, undefined);
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
      const frame = instancePush('EXPIRE', provider.identity.tenant, provider.value, undefined);
      this.#fanOut.send(receivers, frame, receivedMs);
    }
  }

  #rememberDeleted(record: ResourceRecord<'SERVICE'>): void {
    const pending = this.#options.recorder.pendingConsumers(record.identity.tenant, record.value);
    this.#deleted.add(record, [
      ...this.#receivers.consumers(record),
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
    this.#receivers.forget();
    this.#options.metrics.subscribers(outbox.consumer.tenant.domain, -1);
  }
}
