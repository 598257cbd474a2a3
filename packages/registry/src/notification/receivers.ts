import type { ResourceRecord, ServiceIdentity } from '@service-center/sdcommon';

import type { AccessPolicy } from '../access/index.ts';
import type { DependencyRecorder } from '../dependency/dependency-recorder.ts';
import type { DependencyResolver } from '../dependency/dependency-resolver.ts';
import type { Outbox } from './outbox.ts';
import type { Subscriptions } from './subscriptions.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** What {@link Receivers} work with. */
export interface ReceiversOptions {
  readonly subscriptions: Subscriptions;
  readonly resolver: DependencyResolver;
  readonly recorder: DependencyRecorder;
  readonly access: AccessPolicy;
}

// Far more providers than change between two changes of who depends on whom.
const rememberedLimit = 10_000;

/** Who is told of a provider (spec 04 §5.3): each subscription once, however many rules lead to it. */
export class Receivers {
  readonly #options: ReceiversOptions;
  /** By the key of the provider's record; emptied whenever somebody may come or go. */
  readonly #remembered = new Map<string, readonly Outbox[]>();

  constructor(options: ReceiversOptions) {
    this.#options = options;
  }

  /** The subscriptions of consumers that depend on a provider and may use it. */
  of(provider: ServiceRecord): readonly Outbox[] {
    let receivers = this.#remembered.get(provider.key);
    if (receivers === undefined) {
      receivers = this.ofConsumers(this.consumers(provider), provider);
      if (this.#remembered.size >= rememberedLimit) this.#remembered.clear();
      this.#remembered.set(provider.key, receivers);
    }
    return this.#withPending(provider, receivers);
  }

  /** The subscriptions of all consumers that depend on a provider, whether they may use and see it or not. */
  ofAllConsumers(provider: ServiceRecord): readonly Outbox[] {
    const { resolver, recorder } = this.#options;
    const { tenant } = provider.identity;
    const consumers = [
      ...resolver.consumers(tenant, provider.value),
      ...recorder.pendingConsumers(tenant, provider.value),
    ];
    return this.#subscriptionsOf(consumers.map(({ identity }) => identity));
  }

  /** Those subscriptions of some consumers that may see a provider. */
  ofConsumers(consumers: Iterable<ServiceIdentity>, provider: ServiceRecord): readonly Outbox[] {
    return this.#subscriptionsOf(consumers).filter(
      ({ subscriber }) => subscriber.permits?.(provider) !== false,
    );
  }

  #subscriptionsOf(consumers: Iterable<ServiceIdentity>): readonly Outbox[] {
    const outboxes = new Set<Outbox>();
    for (const consumer of consumers) {
      for (const outbox of this.#options.subscriptions.of(consumer)) outboxes.add(outbox);
    }
    return [...outboxes];
  }

  /** The consumers that depend on a provider by a stored rule and may use it. */
  consumers(provider: ServiceRecord): readonly ServiceIdentity[] {
    const { resolver, access } = this.#options;
    return resolver
      .consumers(provider.identity.tenant, provider.value)
      .filter((consumer) => access.allows(consumer, provider))
      .map((consumer) => consumer.identity);
  }

  /** Somebody may have come or gone. */
  forget(): void {
    this.#remembered.clear();
  }

  /** Adds those whose find has just been answered and whose rule is still on its way to the store. */
  #withPending(provider: ServiceRecord, receivers: readonly Outbox[]): readonly Outbox[] {
    const { recorder, access } = this.#options;
    const pending = recorder.pendingConsumers(provider.identity.tenant, provider.value);
    if (pending.length === 0) return receivers;
    const consumers = pending
      .filter((consumer) => access.allows(consumer, provider))
      .map((consumer) => consumer.identity);
    return [...new Set([...receivers, ...this.ofConsumers(consumers, provider)])];
  }
}
