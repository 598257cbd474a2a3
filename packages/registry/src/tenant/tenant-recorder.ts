import {
  formatTenant,
  type Logger,
  type Tenant,
  type TenantRepository,
} from '@service-center/sdcommon';

/** What a {@link TenantRecorder} works with. */
export interface TenantRecorderOptions {
  readonly repository: TenantRepository;
  readonly logger: Logger;
}

/** Records that a tenant exists once one of its services shows up (spec 04 §7). */
export class TenantRecorder {
  readonly #options: TenantRecorderOptions;
  /** One entry for each tenant that is stored; their number is that of the stored projects. */
  readonly #recorded = new Set<string>();
  readonly #writing = new Set<Promise<void>>();

  constructor(options: TenantRecorderOptions) {
    this.#options = options;
  }

  /** Makes sure, in the background, that a tenant is recorded. */
  ensure(tenant: Tenant): void {
    const name = formatTenant(tenant);
    if (this.#recorded.has(name)) return;
    this.#recorded.add(name);
    const writing = this.#write(tenant, name).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(tenant: Tenant, name: string): Promise<void> {
    try {
      await this.#options.repository.ensure(tenant);
    } catch (error) {
      // The next service of the tenant tries again.
      this.#recorded.delete(name);
      this.#options.logger.warn({ err: error, tenant: name }, 'could not record a tenant');
    }
  }
}
