import {
  anyService,
  isSameTenant,
  type Clock,
  type DependencyRuleIdentity,
  type MicroService,
  type ResourceRecord,
  type ServiceIdentity,
} from '@service-center/sdcommon';

const keepMs = 600_000;

/** A deleted service and who depended on it when it was deleted. */
export interface DeletedService {
  readonly service: MicroService;
  readonly consumers: Iterable<ServiceIdentity>;
}

interface Kept extends DeletedService {
  readonly identity: ServiceIdentity;
  readonly consumers: ServiceIdentity[];
  readonly untilMs: number;
}

/**
 * Remembers deleted services for a while (spec 03 §12.6 D9). Their instances may go after them, and whoever uses these
 * has to be told, though neither the service nor its rules can be looked up any more.
 *
 * The caches take over a batch of changes as a whole before anybody is told of the first. So when a service's deletion
 * is told, its rules may be gone too, by a change that is told later in the same turn: until the turn is over the
 * consumers of such rules are added.
 */
export class DeletedServices {
  readonly #clock: Clock;
  /** By tenant and serviceId; the oldest first. */
  readonly #kept = new Map<string, Kept>();
  /** Those whose deletion was told in this turn. */
  #fresh: Kept[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a service that was just deleted. @param consumers - who depends on it as far as rules still say */
  add({ identity, value }: ResourceRecord<'SERVICE'>, consumers: Iterable<ServiceIdentity>): void {
    this.#forgetOld();
    const untilMs = this.#clock.monotonicMs() + keepMs;
    const kept = { identity, service: value, consumers: [...consumers], untilMs };
    this.#kept.delete(idOf(identity));
    this.#kept.set(idOf(identity), kept);
    this.#fresh.push(kept);
  }

  /** Adds the consumers of a rule that goes to the services of this turn that it was for. */
  addConsumers(rule: DependencyRuleIdentity, consumers: readonly ServiceIdentity[]): void {
    for (const { identity, service, consumers: known } of this.#fresh) {
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

  /** Looks up a service that was deleted not long ago. */
  get(identity: ServiceIdentity): DeletedService | undefined {
    const kept = this.#kept.get(idOf(identity));
    return kept === undefined || kept.untilMs <= this.#clock.monotonicMs() ? undefined : kept;
  }

  #forgetOld(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [id, { untilMs }] of this.#kept) {
      if (untilMs > nowMs) return;
      this.#kept.delete(id);
    }
  }
}

function idOf({ tenant, serviceId }: ServiceIdentity): string {
  return `${tenant.domain}/${tenant.project}/${serviceId}`;
}
