import {
  anyService,
  anyVersion,
  type DependencyRuleIdentity,
  type MicroServiceKey,
  type ResourceRecord,
  type ServiceNameIdentity,
  type Tenant,
} from '@service-center/sdcommon';

import type { ResourceIndex } from './resource-index.ts';
import { ServiceNameMap } from './service-name-map.ts';

type DependencyRecord = ResourceRecord<'DEPENDENCY_RULE'>;

/** Consumers of a provider, as far as one rule names them. */
export interface ConsumerRule {
  /** The versions of the provider that the consumers want; {@link anyVersion} in the rule of all services. */
  readonly version: string;
  readonly consumers: readonly MicroServiceKey[];
}

const noKeys: readonly MicroServiceKey[] = [];

/** Who depends on whom, from both sides (spec 02 §1.6). */
export class DependencyIndex implements ResourceIndex<'DEPENDENCY_RULE'> {
  readonly #consumers: DependencySide = new DependencySide();
  readonly #providers: DependencySide = new DependencySide();

  /** What a version of a consumer depends on. */
  providersOf(consumer: ServiceNameIdentity): readonly MicroServiceKey[] {
    return (
      this.#consumers
        .rules(consumer.tenant, consumer.environment, consumer.appId, consumer.serviceName)
        ?.get(consumer.version)?.value.Dependency ?? noKeys
    );
  }

  /**
   * Who depends on a provider: every rule for its name, whatever versions the rule wants, and the rule for all services
   * of its environment. A consumer may be in several.
   */
  consumersOf(
    tenant: Tenant,
    environment: string,
    appId: string,
    serviceName: string,
  ): readonly ConsumerRule[] {
    const rules: ConsumerRule[] = [];
    for (const [version, record] of this.#providers.rules(
      tenant,
      environment,
      appId,
      serviceName,
    ) ?? []) {
      rules.push({ version, consumers: record.value.Dependency });
    }
    for (const record of this.#providers.rules(tenant, environment, '', anyService)?.values() ??
      []) {
      rules.push({ version: anyVersion, consumers: record.value.Dependency });
    }
    return rules;
  }

  replace(previous: DependencyRecord | undefined, next: DependencyRecord | undefined): void {
    const record = next ?? previous;
    if (record === undefined) return;
    const side = record.identity.side === 'c' ? this.#consumers : this.#providers;
    if (next === undefined) side.delete(record);
    else side.set(next);
  }
}

/** The rules of one side: by name, then by version. */
class DependencySide {
  readonly #names = new ServiceNameMap<Map<string, DependencyRecord>>();

  rules(
    tenant: Tenant,
    environment: string,
    appId: string,
    serviceName: string,
  ): ReadonlyMap<string, DependencyRecord> | undefined {
    return this.#names.get(tenant, environment, appId, serviceName);
  }

  set(record: DependencyRecord): void {
    const { tenant, environment, serviceName, version } = record.identity;
    const appId = appIdOf(record.identity);
    let rules = this.#names.get(tenant, environment, appId, serviceName);
    if (rules === undefined) {
      rules = new Map();
      this.#names.set(tenant, environment, appId, serviceName, rules);
    }
    rules.set(version, record);
  }

  delete(record: DependencyRecord): void {
    const { tenant, environment, serviceName, version } = record.identity;
    const appId = appIdOf(record.identity);
    const rules = this.#names.get(tenant, environment, appId, serviceName);
    rules?.delete(version);
    if (rules?.size === 0) this.#names.delete(tenant, environment, appId, serviceName);
  }
}

// The rule of all services belongs to an environment, whatever application a store may have kept with it.
function appIdOf(identity: DependencyRuleIdentity): string {
  return identity.serviceName === anyService ? '' : identity.appId;
}
