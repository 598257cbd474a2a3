import type { Aggregator } from '@service-center/aggregator';
import type { CacheEvent, CacheEventRecord, ResourceRecord } from '@service-center/sdcommon';

type ServiceRecord = ResourceRecord<'SERVICE'>;
type InstanceRecord = ResourceRecord<'INSTANCE'>;

/** What the caches tell in one turn. */
export type FollowedEvent = CacheEvent<
  'SERVICE' | 'SERVICE_TAG' | 'RULE' | 'DEPENDENCY_RULE' | 'INSTANCE'
>;

/** A service that comes or goes in a turn, as far as its events have been gone through. */
export class TurnService {
  /** undefined: it does not exist, and its instances show to nobody. */
  record: ServiceRecord | undefined;
  /** The instances it has, or will have when it comes, by the keys of their records. */
  readonly instances: Map<string, InstanceRecord>;

  constructor(record: ServiceRecord | undefined, instances: Map<string, InstanceRecord>) {
    this.record = record;
    this.instances = instances;
  }

  /** Takes over a change of an instance. */
  take({ type, resource }: CacheEventRecord<'INSTANCE'>): void {
    if (type === 'DELETE') this.instances.delete(resource.key);
    else this.instances.set(resource.key, resource);
  }
}

/** What a {@link Turn} is looked up in. */
export interface TurnIndexes {
  readonly services: Aggregator['services'];
  readonly instances: Aggregator['instances'];
}

/**
 * The events of one turn. The caches hold what all of them together have made, so for a service that comes or goes in
 * the turn what was there at its start is found by going back through them.
 */
export class Turn {
  readonly events: readonly FollowedEvent[];
  readonly #services = new Map<string, TurnService>();
  readonly #deletions = new Map<string, CacheEventRecord<'INSTANCE'>>();

  /** @param isReplaced - whether an update makes another service of one, so that the old one goes and a new one comes */
  constructor(
    events: readonly FollowedEvent[],
    indexes: TurnIndexes,
    isReplaced: (event: CacheEventRecord<'SERVICE'>) => boolean,
  ) {
    this.events = events;
    for (const event of events) {
      if (event.resourceType !== 'SERVICE') continue;
      if (event.type === 'UPDATE' && !isReplaced(event)) continue;
      const { tenant, serviceId } = event.resource.identity;
      const present = indexes.instances.ofService(tenant, serviceId);
      const instances = new Map(present.map((instance) => [instance.key, instance]));
      const now = indexes.services.get(tenant, serviceId);
      this.#services.set(idOf(event.resource), new TurnService(now, instances));
    }
    if (this.#services.size > 0) for (const event of events.toReversed()) this.#undo(event);
  }

  /** A service that comes or goes in this turn; undefined for one that is there all the time, or not at all. */
  service(resource: ServiceRecord | InstanceRecord): TurnService | undefined {
    return this.#services.size === 0 ? undefined : this.#services.get(idOf(resource));
  }

  /** The deletion of an instance whose service comes or goes; undefined when it stays, or is told in another turn. */
  deletion(instance: InstanceRecord): CacheEventRecord<'INSTANCE'> | undefined {
    return this.#deletions.get(instance.key);
  }

  #undo(event: FollowedEvent): void {
    if (event.resourceType !== 'SERVICE' && event.resourceType !== 'INSTANCE') return;
    const service = this.service(event.resource);
    if (service === undefined) return;
    if (event.resourceType === 'SERVICE') {
      service.record = event.type === 'DELETE' ? event.resource : event.previous;
      return;
    }
    if (event.type === 'DELETE') this.#deletions.set(event.resource.key, event);
    const before = event.type === 'DELETE' ? event.resource : event.previous;
    if (before === undefined) service.instances.delete(event.resource.key);
    else service.instances.set(event.resource.key, before);
  }
}

function idOf({ identity }: ServiceRecord | InstanceRecord): string {
  return [identity.tenant.domain, identity.tenant.project, identity.serviceId].join('/');
}
