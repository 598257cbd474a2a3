import type {
  Clock,
  MicroService,
  ResourceRecord,
  ServiceIdentity,
} from '@service-center/sdcommon';

const keepMs = 600_000;

/** A deleted service and who depended on it when it was deleted. */
export interface DeletedService {
  readonly service: MicroService;
  readonly consumers: readonly ServiceIdentity[];
}

interface Kept extends DeletedService {
  readonly untilMs: number;
}

/**
 * Remembers deleted services for a while (spec 03 §12.6 D9). Their instances may go after them, and whoever uses these
 * has to be told, though neither the service nor its rules can be looked up any more.
 */
export class DeletedServices {
  readonly #clock: Clock;
  /** By the key of the service's record; the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps a service that was just deleted. */
  add(record: ResourceRecord<'SERVICE'>, consumers: readonly ServiceIdentity[]): void {
    this.#forgetOld();
    this.#kept.delete(idOf(record.identity));
    this.#kept.set(idOf(record.identity), {
      service: record.value,
      consumers,
      untilMs: this.#clock.monotonicMs() + keepMs,
    });
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
