import type { Aggregator } from '@service-center/aggregator';
import type { ResourceRecord, Tenant } from '@service-center/sdcommon';

import { changeFrame } from './log-entry.ts';
import type { StreamFrame } from './stream-frame.ts';
import type { TopicFilter } from './topic-filter.ts';
import type { ServiceTopic } from './topic-keys.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** A service with the instances it has. */
export interface ListedService {
  readonly service: ServiceRecord;
  readonly instances: readonly ResourceRecord<'INSTANCE'>[];
}

/** Where {@link Snapshots} take their records from. */
export interface SnapshotsOptions {
  /** All services. */
  readonly all: { values(): Iterable<ServiceRecord> };
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
}

// Most clients of a deployment want one of few things.
const rememberedLimit = 64;

/** Collects what the topics of a stream hold now. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  /** By the keys of the topics. */
  readonly #remembered = new Map<string, readonly ListedService[]>();
  /** Readers that stop keep the lists they are in the middle of: what has not changed is the same object in all. */
  readonly #listed = new WeakMap<ServiceRecord, ListedService>();

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /**
   * Collects the services and instances of a stream's topics. Records never change, so a reader may take its time; many
   * who ask between two changes share one list.
   */
  collect(filter: TopicFilter): readonly ListedService[] {
    const name = [...filter.topics.keys(), ...filter.views.map(({ key }) => `\0${key}`)].join('\n');
    let listed = this.#remembered.get(name);
    if (listed === undefined) {
      listed = Array.from(this.services(filter), (service) => this.#list(service));
      if (this.#remembered.size >= rememberedLimit) this.#remembered.clear();
      this.#remembered.set(name, listed);
    }
    return listed;
  }

  /** The services of a stream's topics, each once. */
  services(filter: TopicFilter): Iterable<ServiceRecord> {
    const { topics, views, tenant } = filter;
    const [first] = topics.values();
    if (first !== undefined && topics.size === 1 && views.length === 0) {
      return this.#ofTopic(tenant, first);
    }
    const found = new Map<string, ServiceRecord>();
    for (const topic of topics.values()) {
      for (const service of this.#ofTopic(tenant, topic)) found.set(service.key, service);
    }
    for (const view of views) {
      for (const { tenant: owner, serviceId } of view.providers.values()) {
        const service = this.#options.services.get(owner, serviceId);
        if (service !== undefined) found.set(service.key, service);
      }
    }
    return found.values();
  }

  /** The consumers among a stream's topics that are registered. */
  consumers(filter: TopicFilter): readonly ServiceRecord[] {
    return filter.views.flatMap(
      ({ consumer }) => this.#options.services.get(consumer.tenant, consumer.serviceId) ?? [],
    );
  }

  /** Something has changed: what was collected is shared no longer. */
  forget(): void {
    this.#remembered.clear();
  }

  #list(service: ServiceRecord): ListedService {
    const { tenant, serviceId } = service.identity;
    const instances = this.#options.instances.ofService(tenant, serviceId);
    let listed = this.#listed.get(service);
    if (listed?.instances !== instances) {
      listed = { service, instances };
      this.#listed.set(service, listed);
    }
    return listed;
  }

  #ofTopic(tenant: Tenant, topic: ServiceTopic): Iterable<ServiceRecord> {
    const { all, services } = this.#options;
    switch (topic.kind) {
      case 'domain':
        return ofDomain(all.values(), tenant.domain);
      case 'project':
        return services.ofTenant(tenant);
      case 'app':
      case 'provider':
        return services.matching(tenant, topic);
      case 'service': {
        const service = services.get(tenant, topic.serviceId);
        return service === undefined ? [] : [service];
      }
    }
  }
}

/** @yields what is listed as `INIT`: the services, then the instances; each is encoded when it is asked for */
export function* snapshotFrames(
  listed: readonly ListedService[],
): Generator<StreamFrame, undefined> {
  for (const { service } of listed) yield changeFrame('INIT', service, service, undefined);
  for (const { service, instances } of listed) {
    for (const instance of instances) yield changeFrame('INIT', service, instance, undefined);
  }
  return undefined;
}

function* ofDomain(
  all: Iterable<ServiceRecord>,
  domain: string,
): Generator<ServiceRecord, void, undefined> {
  for (const service of all) if (service.identity.tenant.domain === domain) yield service;
}
