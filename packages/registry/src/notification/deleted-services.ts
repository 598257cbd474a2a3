import type { Aggregator } from '@service-center/aggregator';
import {
  anyService,
  isSameTenant,
  type Clock,
  type DependencyRuleIdentity,
  type ResourceRecord,
  type ServiceIdentity,
} from '@service-center/sdcommon';

const keepMs = 600_000;

/** A deleted service and who depended on it when it was deleted. */
export interface DeletedService {
  /** The record as it was last. */
  readonly record: ResourceRecord<'SERVICE'>;
  readonly consumers: Iterable<ServiceIdentity>;
}

interface Kept extends DeletedService {
  readonly consumers: ServiceIdentity[];
  readonly untilMs: number;
  /** Whether it had instances when it was looked at last. */
  readonly hadInstances: boolean;
}

/** What {@link DeletedServices} work with. */
export interface DeletedServicesOptions {
  readonly instances: Pick<Aggregator['instances'], 'countOf'>;
  readonly clock: Clock;
}

/**
 * Remembers deleted services for a while, and as long as they have instances (spec 03 §12.6 D9). Their instances may go after them, and whoever uses these
 * has to be told, though neither the service nor its rules can be looked up any more.
 *
 * The caches take over a batch of changes as a whole before anybody is told of the first. So when a service's deletion
 * is told, its rules may be gone too, by a change that is told later in the same turn: until the turn is over the
 * consumers of such rules are added.
 */
export class DeletedServices {
  readonly #options: DeletedServicesOptions;
  /** By tenant and serviceId; the oldest first. */
  readonly #kept = new Map<string, Kept>();
  /** Those whose deletion was told in this turn. */
  #fresh: Kept[] = [];

  constructor(options: DeletedServicesOptions) {
    this.#options = options;
  }

  /** Keeps a service that was just deleted. @param consumers - who depends on it as far as rules still say */
  add(record: ResourceRecord<'SERVICE'>, consumers: Iterable<ServiceIdentity>): void {
    this.#forgetOld();
    const id = idOf(record.identity);
    const kept = this.#keep({ record, consumers: [...consumers] });
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    this.#fresh.push(kept);
  }

  /** Adds the consumers of a rule that goes to the services of this turn that it was for. */
  addConsumers(rule: DependencyRuleIdentity, consumers: readonly ServiceIdentity[]): void {
    for (const { record, consumers: known } of this.#fresh) {
      const { identity, value: service } = record;
      const isMeant =
        isSameTenant(identity.tenant, rule.tenant) &&
        service.environment === rule.environment &&
        (rule.serviceName === anyService ||
          (service.appId === rule.appId && service.serviceName === rule.serviceName));
      if (isMeant) known.push(...consumers);
    }
  }

  /** Whether services were deleted in this turn. */
  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** The turn is over. */
  endTurn(): void {
    this.#fresh = [];
  }

  /** Looks up a service that was deleted not long ago, or had instances not long ago. */
  get(identity: ServiceIdentity): DeletedService | undefined {
    return this.#kept.get(idOf(identity));
  }

  /**
   * Forgets what is due. An instance that self-preservation holds back outlives its service for as long as that lasts
   * (spec 03 §6), and it is gone from the caches some time before its deletion is told: so a service goes when it had no
   * instances twice in a row.
   */
  #forgetOld(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [id, kept] of this.#kept) {
      if (kept.untilMs > nowMs) return;
      this.#kept.delete(id);
      if (kept.hadInstances) this.#kept.set(id, this.#keep(kept));
    }
  }

  #keep({ record, consumers }: Pick<Kept, 'record' | 'consumers'>): Kept {
    const { instances, clock } = this.#options;
    const { tenant, serviceId } = record.identity;
    return {
      record,
      consumers,
      untilMs: clock.monotonicMs() + keepMs,
      hadInstances: instances.countOf(tenant, serviceId) > 0,
    };
  }
}

function idOf({ tenant, serviceId }: ServiceIdentity): string {
  return `${tenant.domain}/${tenant.project}/${serviceId}`;
}
