import type { ServiceIdentity, Tenant } from '@service-center/sdcommon';

import type { Outbox } from './outbox.ts';

const none: ReadonlySet<Outbox> = new Set();

/** Who subscribed for which consumer. Looks up without building a key text. */
export class Subscriptions {
  readonly #domains = new Map<string, Map<string, Map<string, Set<Outbox>>>>();

  /** The subscriptions of one consumer. */
  of({ tenant, serviceId }: ServiceIdentity): ReadonlySet<Outbox> {
    return this.#services(tenant)?.get(serviceId) ?? none;
  }

  add({ tenant, serviceId }: ServiceIdentity, outbox: Outbox): void {
    let projects = this.#domains.get(tenant.domain);
    if (projects === undefined) {
      projects = new Map();
      this.#domains.set(tenant.domain, projects);
    }
    let services = projects.get(tenant.project);
    if (services === undefined) {
      services = new Map();
      projects.set(tenant.project, services);
    }
    let outboxes = services.get(serviceId);
    if (outboxes === undefined) {
      outboxes = new Set();
      services.set(serviceId, outboxes);
    }
    outboxes.add(outbox);
  }

  delete({ tenant, serviceId }: ServiceIdentity, outbox: Outbox): void {
    const services = this.#services(tenant);
    const outboxes = services?.get(serviceId);
    if (services === undefined || outboxes?.delete(outbox) !== true || outboxes.size > 0) return;
    services.delete(serviceId);
    if (services.size > 0) return;
    const projects = this.#domains.get(tenant.domain);
    projects?.delete(tenant.project);
    if (projects?.size === 0) this.#domains.delete(tenant.domain);
  }

  #services(tenant: Tenant): Map<string, Set<Outbox>> | undefined {
    return this.#domains.get(tenant.domain)?.get(tenant.project);
  }
}
