import type { EventTopic, ResourceRecord, Tenant } from '@service-center/sdcommon';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** The topics that are told of a service whoever depends on it. */
export type ServiceTopic = Exclude<EventTopic, { readonly kind: 'consumer' }>;

// No name has it, so two different topics never have one key.
const separator = '\0';

/** The topics that are told of a service, by their keys. */
export interface ServiceKeys {
  /** Names the service itself, as {@link serviceTopicKey} does. */
  readonly service: string;
  /** All of them, each in its {@link placeOf}. */
  readonly topics: readonly string[];
}

/**
 * Names topics by texts: a service has a fixed number of them, one in each place, and a topic has one of them, so that
 * finding out whether a topic is told of a service takes one look.
 */
export class TopicKeys {
  /** The keys of a service are needed for every change of its instances. */
  readonly #remembered = new WeakMap<ServiceRecord, ServiceKeys>();

  /** The keys of a service. */
  of(service: ServiceRecord): ServiceKeys {
    let keys = this.#remembered.get(service);
    if (keys === undefined) {
      keys = keysOf(service);
      this.#remembered.set(service, keys);
    }
    return keys;
  }
}

/** The key of a topic. */
export function topicKey(tenant: Tenant, topic: ServiceTopic): string {
  return [placeOf(topic), ...partsOf(tenant, topic)].join(separator);
}

/** The key of a service, by which its consumers' views name it. */
export function serviceTopicKey(tenant: Tenant, serviceId: string): string {
  return topicKey(tenant, { kind: 'service', serviceId });
}

/** The place that a topic's key has among the keys of a service. */
export function placeOf(topic: ServiceTopic): number {
  switch (topic.kind) {
    case 'domain':
      return 0;
    case 'project':
      return 1;
    case 'app':
      return topic.environment === undefined ? 2 : 3;
    case 'provider':
      return topic.environment === undefined ? 4 : 5;
    case 'service':
      return 6;
  }
}

function partsOf({ domain, project }: Tenant, topic: ServiceTopic): readonly string[] {
  switch (topic.kind) {
    case 'domain':
      return [domain];
    case 'project':
      return [domain, project];
    case 'app':
      return [domain, project, topic.appId, ...environmentOf(topic)];
    case 'provider':
      return [domain, project, topic.appId, topic.serviceName, ...environmentOf(topic)];
    case 'service':
      return [domain, project, topic.serviceId];
  }
}

function environmentOf({ environment }: { readonly environment?: string }): readonly string[] {
  return environment === undefined ? [] : [environment];
}

function keysOf({ identity, value }: ServiceRecord): ServiceKeys {
  const { tenant, serviceId } = identity;
  const { appId, serviceName, environment } = value;
  const topics: readonly ServiceTopic[] = [
    { kind: 'domain' },
    { kind: 'project' },
    { kind: 'app', appId },
    { kind: 'app', appId, environment },
    { kind: 'provider', appId, serviceName },
    { kind: 'provider', appId, serviceName, environment },
  ];
  const service = serviceTopicKey(tenant, serviceId);
  return { service, topics: [...topics.map((topic) => topicKey(tenant, topic)), service] };
}
