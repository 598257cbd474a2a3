import type { Aggregator } from '@service-center/aggregator';
import {
  anyService,
  anyVersion,
  parseTenant,
  parseVersionRule,
  selectVersions,
  type MicroService,
  type MicroServiceKey,
  type ResourceRecord,
  type Tenant,
} from '@service-center/sdcommon';

import { serviceNameIdentity } from './service-key.ts';

type ServiceRecord = ResourceRecord<'SERVICE'>;

/** Turns stored dependency rules into the services they mean (spec 04 §2.3 and §2.4). */
export class DependencyResolver {
  readonly #services: Aggregator['services'];
  readonly #dependencies: Aggregator['dependencies'];

  constructor(aggregator: Pick<Aggregator, 'services' | 'dependencies'>) {
    this.#services = aggregator.services;
    this.#dependencies = aggregator.dependencies;
  }

  /** What a service depends on, as it is stored. */
  providerKeys(tenant: Tenant, consumer: MicroService): readonly MicroServiceKey[] {
    return this.#dependencies.providersOf(serviceNameIdentity(tenant, consumer));
  }

  /** The services that a consumer depends on, each once. */
  providers(tenant: Tenant, consumer: MicroService): readonly ServiceRecord[] {
    const found = new Map<string, ServiceRecord>();
    for (const key of this.providerKeys(tenant, consumer)) {
      for (const record of this.#expand(tenant, consumer, key)) found.set(record.key, record);
    }
    return [...found.values()];
  }

  /** The services that depend on a provider, each once. */
  consumers(tenant: Tenant, provider: MicroService): readonly ServiceRecord[] {
    const { environment, appId, serviceName } = provider;
    const found = new Map<string, ServiceRecord>();
    const rules = this.#dependencies.consumersOf(tenant, environment, appId, serviceName);
    for (const { version, consumers } of rules) {
      if (!this.#covers(version, tenant, provider)) continue;
      for (const key of consumers) {
        const record = this.consumer(key, tenant);
        if (record !== undefined) found.set(record.key, record);
      }
    }
    return [...found.values()];
  }

  /**
   * The service that a rule names as a consumer.
   *
   * @param tenant - where to look when the key names no tenant
   */
  consumer(key: MicroServiceKey, tenant: Tenant): ServiceRecord | undefined {
    return this.#services
      .versions(parseTenant(key.tenant) ?? tenant, key.environment, key.appId, key.serviceName)
      .find(({ value }) => value.version === key.version);
  }

  #expand(tenant: Tenant, consumer: MicroService, key: MicroServiceKey): readonly ServiceRecord[] {
    if (key.serviceName === anyService) {
      return [...this.#services.ofTenant(tenant)].filter(
        ({ value }) => value.environment === consumer.environment,
      );
    }
    const providerTenant = parseTenant(key.tenant) ?? tenant;
    const versions = this.#services.versions(
      providerTenant,
      key.environment,
      key.appId,
      key.serviceName,
    );
    if (key.version === anyVersion) return versions;
    return matching(key.version, versions);
  }

  #covers(versionRule: string, tenant: Tenant, provider: MicroService): boolean {
    if (versionRule === anyVersion) return true;
    // `latest` depends on the other versions too, so the rule is applied to all of them.
    const { environment, appId, serviceName } = provider;
    const versions = this.#services.versions(tenant, environment, appId, serviceName);
    const known = versions.some(({ value }) => value.version === provider.version)
      ? versions.map(({ value }) => value)
      : [...versions.map(({ value }) => value), provider];
    const rule = parseVersionRule(versionRule);
    return (
      rule !== undefined &&
      selectVersions(rule, known).some(({ version }) => version === provider.version)
    );
  }
}

function matching(
  versionRule: string,
  records: readonly ServiceRecord[],
): readonly ServiceRecord[] {
  // A rule that cannot be read, kept by some other server, matches nothing.
  const rule = parseVersionRule(versionRule);
  if (rule === undefined) return [];
  const candidates = records.map((record) => ({ version: record.value.version, record }));
  return selectVersions(rule, candidates).map(({ record }) => record);
}
