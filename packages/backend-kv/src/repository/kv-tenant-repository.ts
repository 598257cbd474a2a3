import type { Tenant, TenantRepository, Written } from '@service-center/sdcommon';

import { keyLayouts } from '../layout/key-layouts.ts';
import { isAbsent } from '../store/compares.ts';
import { retryOnConflict } from '../store/retry-on-conflict.ts';
import type { ResourceStore } from './resource-store.ts';

/** Domains and projects (spec 02 §1.3). */
export class KvTenantRepository implements TenantRepository {
  readonly #resources: ResourceStore;

  constructor(options: { readonly resources: ResourceStore }) {
    this.#resources = options.resources;
  }

  async ensure(tenant: Tenant): Promise<Written> {
    const keys = [keyLayouts.DOMAIN.build(tenant), keyLayouts.PROJECT.build(tenant)];
    let missing: readonly string[] = keys;
    return retryOnConflict(`tenant ${tenant.domain}/${tenant.project}`, async () => {
      const { succeeded, revision, gets } = await this.#resources.kv.commit({
        compares: missing.map(isAbsent),
        success: missing.map((key) => ({ kind: 'put', key, value: '' })),
        failure: keys.map((key) => ({ kind: 'get', key })),
      });
      if (succeeded) return this.#resources.written(revision);
      missing = keys.filter((_, index) => gets[index] === undefined);
      if (missing.length > 0) return undefined;
      const revisions = gets.map((record) => record?.modRevision ?? 0n);
      return this.#resources.written(revisions.reduce((a, b) => (a > b ? a : b)));
    });
  }
}
