import type { Aggregator } from '@service-center/aggregator';
import type {
  CacheEvent,
  MicroServiceKey,
  ResourceRecord,
  ServiceIdentity,
} from '@service-center/sdcommon';

import { allowsCrossApp, type AccessPolicy } from '../access/index.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import { ConsumerView, type Providers } from './consumer-view.ts';
import type { EventLog } from './event-log.ts';
import type { LogEntry } from './log-entry.ts';
import { serviceTopicKey, type ServiceKeys } from './topic-keys.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What {@link ConsumerViews} work with. */
export interface ConsumerViewsOptions {
  readonly services: Aggregator['services'];
  readonly dependencies: Aggregator['dependencies'];
  readonly resolver: DependencyResolver;
  readonly access: AccessPolicy;
  readonly log: EventLog;
}

const noViews: ReadonlySet<ConsumerView> = new Set();

/**
 * Knows which providers belong to which consumer (spec 04 §2), for the consumers that have streams, and remembers for
 * all others when that changed, as long as somebody may come back with a position from before.
 *
 * A service that comes or goes enters or leaves the views of those who depend on it, and its own change tells so. Any
 * other change of a view cannot be told by changes of services and instances, and makes its streams start over.
 */
export class ConsumerViews {
  readonly #options: ConsumerViewsOptions;
  readonly #views = new Map<string, ConsumerView>();
  readonly #byProvider = new Map<string, Set<ConsumerView>>();
  /** The sequence numbers of the marks that consumers' views may have changed at; the latest last. */
  readonly #changedAt = new Map<string, number>();
  /** Consumers whose views may have changed in this turn. */
  readonly #marked = new Set<string>();
  /** Views to be compared with what they should be. */
  readonly #doubtful = new Set<ConsumerView>();
  /** Services whose consumers may be others now, though they depend on them as before. */
  readonly #reviewed = new Map<string, ServiceRecord>();
  /** The log names a consumer once for each of its providers that goes, always by the same text. */
  readonly #sharedKeys = new WeakMap<ServiceIdentity, string>();

  constructor(options: ConsumerViewsOptions) {
    this.#options = options;
  }

  /** The view of a consumer, registered or not. Release it when no stream has it any more. */
  open(consumer: ServiceIdentity): ConsumerView {
    const key = serviceTopicKey(consumer.tenant, consumer.serviceId);
    let view = this.#views.get(key);
    if (view === undefined) {
      view = new ConsumerView(consumer, this.#providersOf(consumer));
      this.#views.set(key, view);
      for (const serviceKey of view.providers.keys()) this.#link(serviceKey, view);
    }
    return view;
  }

  /** Lets go of a view that no stream has. */
  release(view: ConsumerView): void {
    if (view.streams.size > 0 || this.#views.get(view.key) !== view) return;
    this.#views.delete(view.key);
    this.#doubtful.delete(view);
    this.#unlinkAll(view);
  }

  /** The views that a service belongs to. */
  of({ service }: ServiceKeys): ReadonlySet<ConsumerView> {
    return this.#byProvider.get(service) ?? noViews;
  }

  /**
   * Makes a view cover what happened since a position, to services that are gone by now too.
   *
   * @returns false when what the consumer depends on or may use may have changed since
   */
  coverSince(view: ConsumerView, sequence: number): boolean {
    if ((this.#changedAt.get(view.key) ?? 0) > sequence) return false;
    for (const deletion of this.#options.log.deletionsAfter(sequence)) {
      if (deletion.consumers.has(view.key)) view.coverUntil(deletion);
    }
    return true;
  }

  /** The keys of the consumers that depend on a service and may use it, as far as rules still say. */
  consumerKeys(service: ServiceRecord): Set<string> {
    const { resolver, access } = this.#options;
    const keys = new Set<string>();
    for (const consumer of resolver.consumers(service.identity.tenant, service.value)) {
      if (access.allows(consumer, service)) keys.add(this.sharedKey(consumer.identity));
    }
    return keys;
  }

  /** The key of a consumer: the same text, not only an equal one, for the same record. */
  sharedKey(consumer: ServiceIdentity): string {
    let key = this.#sharedKeys.get(consumer);
    if (key === undefined) {
      key = serviceTopicKey(consumer.tenant, consumer.serviceId);
      this.#sharedKeys.set(consumer, key);
    }
    return key;
  }

  /** A service was created; its change is routed next. */
  serviceCreated(service: ServiceRecord): void {
    this.#doubt(service.identity);
    this.#doubtLatest(service);
    if (this.#views.size === 0) return;
    const { resolver, access, log } = this.#options;
    const serviceKey = keyOf(service);
    for (const consumer of resolver.consumers(service.identity.tenant, service.value)) {
      const view = this.#views.get(keyOf(consumer));
      if (view === undefined || !access.allows(consumer, service)) continue;
      view.add(serviceKey, service.identity, log.newest + 1);
      this.#link(serviceKey, view);
    }
  }

  /** A service was changed; its change is routed next. */
  serviceUpdated(resource: ServiceRecord, previous: ServiceRecord | undefined): void {
    // What its providers' lists look at may be another now.
    this.#doubt(resource.identity);
    if (previous === undefined || allowsCrossApp(previous.value) === allowsCrossApp(resource.value))
      return;
    this.#review(resource);
  }

  /** The deletion of a service has been routed. */
  serviceDeleted(deletion: LogEntry): void {
    const { service, keys } = deletion;
    this.#doubt(service.identity);
    this.#doubtLatest(service);
    for (const view of this.of(keys)) {
      view.forgetBefore(this.#options.log.oldest);
      view.remove(deletion);
    }
    this.#byProvider.delete(keys.service);
  }

  /** The rule that says what a consumer depends on, or who depends on a provider, has changed. */
  dependencyChanged({ type, resource, previous }: CacheEvent<'DEPENDENCY_RULE'>): void {
    const { side, tenant, environment, appId, serviceName, version } = resource.identity;
    const { services, resolver } = this.#options;
    if (side === 'c') {
      for (const { identity, value } of services.versions(
        tenant,
        environment,
        appId,
        serviceName,
      )) {
        if (value.version === version) this.#doubt(identity);
      }
      return;
    }
    if (this.#views.size === 0) return;
    const before = previous?.value.Dependency ?? [];
    const after = type === 'DELETE' ? [] : resource.value.Dependency;
    const others = type === 'DELETE' ? resource.value.Dependency : before;
    for (const key of difference(others, after)) {
      const consumer = resolver.consumer(key, tenant);
      const view = consumer === undefined ? undefined : this.#views.get(keyOf(consumer));
      if (view !== undefined) this.#doubtful.add(view);
    }
  }

  /** What decides about a consumer, such as its tags, has changed. */
  consumerChanged(consumer: ServiceIdentity): void {
    this.#doubt(consumer);
  }

  /** The list of a provider has changed. */
  listChanged({ tenant, serviceId }: ServiceIdentity): void {
    const provider = this.#options.services.get(tenant, serviceId);
    if (provider !== undefined) this.#review(provider);
  }

  /**
   * Takes over what this turn has changed, after all its changes were logged and routed.
   *
   * @returns the views that are others than before; their streams have to start over
   */
  settle(): readonly ConsumerView[] {
    for (const provider of this.#reviewed.values()) this.#reviewConsumers(provider);
    this.#reviewed.clear();
    if (this.#marked.size > 0) this.#mark();
    const changed = [...this.#doubtful].filter((view) => this.#renew(view));
    this.#doubtful.clear();
    return changed;
  }

  #mark(): void {
    const { log } = this.#options;
    // After all changes of the turn: whoever has got one of them has not heard of this yet.
    const sequence = log.mark();
    for (const key of this.#marked) {
      this.#changedAt.delete(key);
      this.#changedAt.set(key, sequence);
    }
    this.#marked.clear();
    for (const [key, changedAt] of this.#changedAt) {
      if (changedAt >= log.oldest) break;
      this.#changedAt.delete(key);
    }
  }

  #doubt({ tenant, serviceId }: ServiceIdentity): void {
    this.#doubtKey(serviceTopicKey(tenant, serviceId));
  }

  #doubtKey(key: string): void {
    this.#marked.add(key);
    const view = this.#views.get(key);
    if (view !== undefined) this.#doubtful.add(view);
  }

  /** Where one version comes or goes, those who depend on the latest one may depend on another. */
  #doubtLatest({ identity, value }: ServiceRecord): void {
    const { dependencies, resolver } = this.#options;
    const { tenant } = identity;
    const { environment, appId, serviceName } = value;
    for (const rule of dependencies.consumersOf(tenant, environment, appId, serviceName)) {
      if (rule.version !== 'latest') continue;
      for (const key of rule.consumers) {
        const consumer = resolver.consumer(key, tenant);
        if (consumer !== undefined) this.#doubt(consumer.identity);
      }
    }
  }

  #review(provider: ServiceRecord): void {
    this.#reviewed.set(provider.key, provider);
  }

  #reviewConsumers(provider: ServiceRecord): void {
    const { resolver, access } = this.#options;
    const serviceKey = keyOf(provider);
    for (const consumer of resolver.consumers(provider.identity.tenant, provider.value)) {
      const key = keyOf(consumer);
      this.#marked.add(key);
      const view = this.#views.get(key);
      const isIn = view?.providers.has(serviceKey);
      if (view !== undefined && isIn !== access.allows(consumer, provider))
        this.#doubtful.add(view);
    }
  }

  /** Makes a view what it should be. @returns whether it was something else */
  #renew(view: ConsumerView): boolean {
    const providers = this.#providersOf(view.consumer);
    if (isSame(providers, view.providers)) return false;
    this.#unlinkAll(view);
    view.replace(providers);
    for (const serviceKey of providers.keys()) this.#link(serviceKey, view);
    return true;
  }

  #providersOf({ tenant, serviceId }: ServiceIdentity): Providers {
    const { services, resolver, access } = this.#options;
    const found = new Map<string, ServiceIdentity>();
    const consumer = services.get(tenant, serviceId);
    if (consumer === undefined) return found;
    for (const provider of resolver.providers(tenant, consumer.value)) {
      if (access.allows(consumer, provider)) found.set(keyOf(provider), provider.identity);
    }
    return found;
  }

  #link(serviceKey: string, view: ConsumerView): void {
    const views = this.#byProvider.get(serviceKey);
    if (views === undefined) this.#byProvider.set(serviceKey, new Set([view]));
    else views.add(view);
  }

  #unlink(serviceKey: string, view: ConsumerView): void {
    const views = this.#byProvider.get(serviceKey);
    if (views?.delete(view) === true && views.size === 0) this.#byProvider.delete(serviceKey);
  }

  #unlinkAll(view: ConsumerView): void {
    for (const serviceKey of view.providers.keys()) this.#unlink(serviceKey, view);
  }
}

function keyOf({ identity }: ServiceRecord): string {
  return serviceTopicKey(identity.tenant, identity.serviceId);
}

/** The names that are in one of two lists only. */
function difference(
  left: readonly MicroServiceKey[],
  right: readonly MicroServiceKey[],
): readonly MicroServiceKey[] {
  const inLeft = new Set(left.map(nameOf));
  const inRight = new Set(right.map(nameOf));
  return [
    ...left.filter((key) => !inRight.has(nameOf(key))),
    ...right.filter((key) => !inLeft.has(nameOf(key))),
  ];
}

function nameOf(key: MicroServiceKey): string {
  return [key.tenant, key.environment, key.appId, key.serviceName, key.version].join('/');
}

function isSame(left: Providers, right: Providers): boolean {
  if (left.size !== right.size) return false;
  for (const key of left.keys()) if (!right.has(key)) return false;
  return true;
}
