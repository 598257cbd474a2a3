import type { ResourceRecord, Tenant } from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { TenantMap } from './tenant-map.ts';

type RuleRecord = ResourceRecord<'RULE'>;

const noRules: readonly RuleRecord[] = [];

/** The black or white list of each service. */
export class RuleIndex implements ResourceIndex<'RULE'> {
  readonly #tenants = new TenantMap<Map<string, readonly RuleRecord[]>>();

  /**
   * The rules of a service in the order in which they were added; the type of the first is the type of the list. The
   * list never changes; ask again for a newer one.
   */
  ofService(tenant: Tenant, serviceId: string): readonly RuleRecord[] {
    return this.#tenants.get(tenant)?.get(serviceId) ?? noRules;
  }

  /** Whether any service of a tenant has rules. */
  hasAny(tenant: Tenant): boolean {
    return this.#tenants.get(tenant) !== undefined;
  }

  replace(previous: RuleRecord | undefined, next: RuleRecord | undefined): void {
    const record = next ?? previous;
    if (record === undefined) return;
    const { tenant, serviceId } = record.identity;
    const services = this.#tenants.getOrCreate(tenant, () => new Map());
    const others = (services.get(serviceId) ?? noRules).filter(({ key }) => key !== record.key);
    const rules = next === undefined ? others : [...others, next].toSorted(compareAddition);
    if (rules.length > 0) services.set(serviceId, rules);
    else services.delete(serviceId);
    if (services.size === 0) this.#tenants.delete(tenant);
  }
}

function compareAddition(left: RuleRecord, right: RuleRecord): number {
  if (left.createRevision !== right.createRevision) {
    return left.createRevision < right.createRevision ? -1 : 1;
  }
  return left.key < right.key ? -1 : 1;
}
