import type { Aggregator } from '@service-center/aggregator';
import {
  selectVersions,
  type ResourceRecord,
  type Tenant,
  type VersionRule,
} from '@service-center/sdcommon';

/** The name of a service without its version. */
export interface ServiceName {
  readonly tenant: Tenant;
  readonly environment: string;
  readonly appId: string;
  /** A name, or where it is looked up an alias. */
  readonly serviceName: string;
}

/** What a {@link ProviderLookup} found. */
export type FoundProviders =
  /** Neither a name nor an alias. */
  | { readonly kind: 'unknown' }
  /** The name is known, but no version of it fits. */
  | { readonly kind: 'noVersion' }
  /** The versions that fit, newest first; never empty. */
  | { readonly kind: 'found'; readonly services: readonly ResourceRecord<'SERVICE'>[] };

/** Finds services by name or alias and version (spec 04 §1.3 and §1.6). */
export class ProviderLookup {
  readonly #services: Aggregator['services'];

  constructor(services: Aggregator['services']) {
    this.#services = services;
  }

  /**
   * The providers that a find means. A text is an alias only when no service has it as its name; an exact version that
   * the name does not have is looked for among the aliases too.
   */
  find(name: ServiceName, rule: VersionRule): FoundProviders {
    const named = this.#named(name, rule);
    if (named.kind === 'unknown' || (named.kind === 'noVersion' && rule.kind === 'exact')) {
      const aliased = this.#aliased(name, rule);
      return aliased.kind === 'unknown' ? named : aliased;
    }
    return named;
  }

  /** The services that an existence query means: a text is an alias only when no service has it as its name. */
  exists(name: ServiceName, rule: VersionRule): FoundProviders {
    const named = this.#named(name, rule);
    return named.kind === 'unknown' ? this.#aliased(name, rule) : named;
  }

  #named(
    { tenant, environment, appId, serviceName }: ServiceName,
    rule: VersionRule,
  ): FoundProviders {
    return select(rule, this.#services.versions(tenant, environment, appId, serviceName));
  }

  #aliased(
    { tenant, environment, appId, serviceName }: ServiceName,
    rule: VersionRule,
  ): FoundProviders {
    return select(rule, this.#services.byAlias(tenant, environment, appId, serviceName));
  }
}

function select(rule: VersionRule, records: readonly ResourceRecord<'SERVICE'>[]): FoundProviders {
  if (records.length === 0) return { kind: 'unknown' };
  const candidates = records.map((record) => ({ version: record.value.version, record }));
  const services = selectVersions(rule, candidates).map(({ record }) => record);
  return services.length === 0 ? { kind: 'noVersion' } : { kind: 'found', services };
}
