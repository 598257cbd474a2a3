import type { Aggregator } from '@service-center/aggregator';
import type {
  CacheEvent,
  Clock,
  Logger,
  ResourceRecord,
  ResourceType,
  ServiceIdentity,
  Tenant,
} from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import type { DropReason, PushCause, PushTrace } from '../push-trace/index.ts';
import type { DeletedServices } from './deleted-services.ts';
import { FanOut } from './fan-out.ts';
import { InstanceListing } from './instance-listing.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import { Outbox, type OutboxSettings } from './outbox.ts';
import type { PushFrame } from './push-frame.ts';
import { PushFrames } from './push-frames.ts';
import { Receivers } from './receivers.ts';
import type { Subscriber, Subscription, SubscriptionEnd } from './subscriber.ts';
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
  readonly trace: PushTrace;
  /** Shared with whoever else has to know of services that are gone. */
  readonly deleted: DeletedServices;
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
  /** The first change of the turn. */
  readonly cause: PushCause;
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
  readonly #outboxes = new Set<Outbox>();
  readonly #outboxSettings: OutboxSettings;
  readonly #frames: PushFrames;
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
    const { clock, metrics, trace, logger } = options;
    this.#deleted = options.deleted;
    this.#fanOut = new FanOut(clock);
    this.#frames = new PushFrames(trace);
    this.#outboxSettings = {
      limit: options.queueLimit,
      sendsExpiry: options.sendsExpiry,
      clock,
      metrics,
      onReady: (outbox) => {
        this.#fanOut.drainLater(outbox);
      },
      onFailure: (outbox, error) => {
        const { serviceId } = outbox.consumer;
        logger.debug({ err: error, serviceId }, 'a subscriber takes no more');
        this.#end(outbox, 'failed');
      },
      onOverflow: (outbox) => {
        this.#end(outbox, 'slow');
      },
    };
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
    return this.#subscribe(consumer, subscriber, this.#listing.open(consumer, subscriber));
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
        if (sendsExpiry && event.type !== 'INIT') this.#pushExpiry(event.resource.identity, event);
        break;
      case 'INSTANCE':
        if (event.type !== 'INIT') this.#pushInstance(event);
        break;
    }
  }

  /**
   * Asks subscribers anew what they may see: to be called when the answers of {@link Subscriber.permits} have changed.
   * Those that have it are told to forget each of their providers, so that they find again; those that may no longer see
   * the service that they watch for are closed.
   */
  recheck(): void {
    if (this.#isClosed) return;
    this.#receivers.forget();
    const receivers = new Map<ResourceRecord<'SERVICE'>, Outbox[]>();
    for (const outbox of this.#outboxes) {
      if (outbox.subscriber.permits === undefined) continue;
      if (!this.#mayWatch(outbox)) this.#end(outbox, 'forbidden');
      else {
        for (const provider of this.#providersOf(outbox.consumer)) {
          const known = receivers.get(provider);
          if (known === undefined) receivers.set(provider, [outbox]);
          else known.push(outbox);
        }
      }
    }
    if (!this.#options.sendsExpiry) return;
    const cause = { receivedMs: this.#options.clock.monotonicMs() };
    for (const [provider, outboxes] of receivers) this.#sendExpiry(provider, cause, outboxes);
  }

  /** Ends all subscriptions and takes no more. Harmless when called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#fanOut.close();
    for (const outbox of this.#outboxes) this.#end(outbox, 'shutdown');
  }

  #subscribe(
    consumer: ServiceIdentity,
    subscriber: Subscriber,
    listing: Iterator<PushFrame, undefined> | undefined,
  ): Subscription {
    if (this.#isClosed) throw new Error('the notification hub is closed');
    const { metrics, trace } = this.#options;
    const outbox = new Outbox(this.#outboxSettings, {
      consumer,
      subscriber,
      traced: trace.subscriber(subscriber.description),
      ...(listing !== undefined && { listing }),
    });
    this.#subscriptions.add(consumer, outbox);
    this.#outboxes.add(outbox);
    this.#receivers.forget();
    metrics.subscribers(consumer.tenant.domain, 1);
    outbox.drain();
    return {
      close: () => {
        this.#remove(outbox, 'disconnected');
      },
    };
  }

  #pushInstance(event: CacheEvent<'INSTANCE'>): void {
    if (this.#outboxes.size === 0) return;
    const { identity } = event.resource;
    const provider = this.#options.services.get(identity.tenant, identity.serviceId);
    if (provider === undefined) {
      if (event.type === 'DELETE') this.#orphans.push(event);
      this.#settleLater();
      return;
    }
    this.#send(event, provider, this.#receivers.of(provider));
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
    for (const { provider, cause } of relisted) {
      // Those whom the list does not let through have to forget, too (spec 04 §5.4).
      this.#sendExpiry(provider, cause, this.#receivers.ofAllConsumers(provider));
    }
    for (const event of orphans) {
      const deleted = this.#deleted.get(event.resource.identity);
      if (deleted === undefined) continue;
      const { record, consumers } = deleted;
      this.#send(event, record, this.#receivers.ofConsumers(consumers, record));
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
    event: CacheEvent<'INSTANCE'>,
    provider: ResourceRecord<'SERVICE'>,
    receivers: readonly Outbox[],
  ): void {
    if (receivers.length === 0) return;
    this.#fanOut.send(receivers, this.#frames.changed(event, provider), event.receivedMs);
  }

  #sendExpiry(
    provider: ResourceRecord<'SERVICE'>,
    cause: PushCause,
    receivers: readonly Outbox[],
  ): void {
    if (receivers.length === 0) return;
    this.#fanOut.send(receivers, this.#frames.expired(provider, cause), cause.receivedMs);
  }

  /** Several rules that change together are one change of the list. */
  #relist(event: CacheEvent<'RULE'>): void {
    if (this.#outboxes.size === 0) return;
    const { tenant, serviceId } = event.resource.identity;
    const provider = this.#options.services.get(tenant, serviceId);
    if (provider === undefined || this.#relisted.has(provider.key)) return;
    this.#relisted.set(provider.key, { provider, cause: event });
    this.#settleLater();
  }

  /** A service whose tags changed is told to forget what it knows of each of its providers (spec 04 §5.4). */
  #pushExpiry(identity: ServiceIdentity, cause: PushCause): void {
    const receivers = [...this.#subscriptions.of(identity)];
    if (receivers.length === 0) return;
    for (const provider of this.#providersOf(identity)) {
      this.#sendExpiry(provider, cause, receivers);
    }
  }

  /** The providers of a consumer, each once, those of finds that were just answered included. */
  #providersOf({ tenant, serviceId }: ServiceIdentity): Iterable<ResourceRecord<'SERVICE'>> {
    const { services, resolver, recorder } = this.#options;
    const consumer = services.get(tenant, serviceId);
    if (consumer === undefined) return [];
    return new Set([
      ...resolver.providers(tenant, consumer.value),
      ...recorder.pendingProviders(consumer),
    ]);
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

  #mayWatch({ consumer, subscriber }: Outbox): boolean {
    const service = this.#options.services.get(consumer.tenant, consumer.serviceId);
    return service === undefined || subscriber.permits?.(service) !== false;
  }

  #end(outbox: Outbox, end: SubscriptionEnd): void {
    this.#remove(outbox, end);
    outbox.subscriber.close(end);
  }

  #remove(outbox: Outbox, reason: DropReason): void {
    if (!this.#outboxes.delete(outbox)) return;
    outbox.close(reason);
    outbox.traced.close();
    this.#subscriptions.delete(outbox.consumer, outbox);
    this.#receivers.forget();
    this.#options.metrics.subscribers(outbox.consumer.tenant.domain, -1);
  }
}
