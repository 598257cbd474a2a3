import { ServiceCenterError, type Tenant } from '@service-center/sdcommon';

import type { QuotaConfig } from '../registry-config.ts';

/** What is counted, as the error's detail names it (spec 04 §6). */
export type QuotaKind = 'SERVICE' | 'INSTANCE' | 'SCHEMA' | 'TAG' | 'RULE';

/** What a {@link Quota} works with. */
export interface QuotaOptions {
  readonly config: QuotaConfig;
  /** Counts what a tenant has of a kind, without what no quota applies to. */
  readonly usage: (kind: 'SERVICE' | 'INSTANCE', tenant: Tenant) => number;
}

/**
 * Refuses what goes over a quota.
 *
 * Usage is counted in memory, which shows a registration only once it is stored. So a place is reserved from the check
 * until then; else a burst of registrations would pass together where there is room for one.
 */
export class Quota {
  readonly #config: QuotaConfig;
  readonly #usage: QuotaOptions['usage'];
  readonly #reserved = new Map<string, number>();

  constructor(options: QuotaOptions) {
    this.#config = options.config;
    this.#usage = options.usage;
  }

  /** How many schemas a service may have. */
  get schemaLimit(): number {
    return this.#config.kind === 'unlimit' ? Number.MAX_SAFE_INTEGER : this.#config.schema;
  }

  /** How many tags a service may have. */
  get tagLimit(): number {
    return this.#config.kind === 'unlimit' ? Number.MAX_SAFE_INTEGER : this.#config.tag;
  }

  /** How many rules a service may have. */
  get ruleLimit(): number {
    return this.#config.kind === 'unlimit' ? Number.MAX_SAFE_INTEGER : this.#config.rule;
  }

  /** How much of a tenant's quota is used, 0 to 1; 0 without quotas. */
  used(kind: 'SERVICE' | 'INSTANCE', tenant: Tenant): number {
    if (this.#config.kind === 'unlimit') return 0;
    const limit = this.#limit(kind);
    return limit === 0 ? 1 : this.#usage(kind, tenant) / limit;
  }

  /**
   * Makes sure that a tenant has a place left.
   *
   * @throws ServiceCenterError `notEnoughQuota`
   */
  assertRoom(kind: 'SERVICE' | 'INSTANCE', tenant: Tenant): void {
    if (this.#config.kind === 'unlimit') return;
    const limit = this.#limit(kind);
    const current = this.#usage(kind, tenant) + (this.#reserved.get(placeId(kind, tenant)) ?? 0);
    if (current + 1 > limit) throw notEnoughQuota(kind, limit, current, 1);
  }

  /**
   * Takes one place of a tenant's quota while something is registered.
   *
   * @throws ServiceCenterError `notEnoughQuota`; what the registration throws
   */
  async register<T>(
    kind: 'SERVICE' | 'INSTANCE',
    tenant: Tenant,
    registration: () => Promise<T>,
  ): Promise<T> {
    this.assertRoom(kind, tenant);
    const id = placeId(kind, tenant);
    this.#reserved.set(id, (this.#reserved.get(id) ?? 0) + 1);
    try {
      return await registration();
    } finally {
      this.#giveBack(id);
    }
  }

  #giveBack(id: string): void {
    const left = (this.#reserved.get(id) ?? 1) - 1;
    if (left > 0) this.#reserved.set(id, left);
    else this.#reserved.delete(id);
  }

  #limit(kind: 'SERVICE' | 'INSTANCE'): number {
    return kind === 'SERVICE' ? this.#config.service : this.#config.instance;
  }
}

function placeId(kind: QuotaKind, tenant: Tenant): string {
  return `${kind} ${tenant.domain}/${tenant.project}`;
}

/** The error of a quota that is used up. */
export function notEnoughQuota(
  kind: QuotaKind,
  limit: number,
  current: number,
  requested: number,
): ServiceCenterError {
  return new ServiceCenterError(
    'notEnoughQuota',
    `no quota to create ${kind}, max num is ${limit}, curNum is ${current}, apply num is ${requested}`,
  );
}
