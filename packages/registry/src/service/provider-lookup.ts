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

/** What {@link ProviderLookup.find} found. */
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
   * A text is an alias only when no service at all has it as its name. An exact version that the name does not have
   * is looked for among the aliases too.
   */
  find(name: ServiceName, rule: VersionRule): FoundProviders {
    const { tenant, environment, appId, serviceName } = name;
    const named = this.#services.versions(tenant, environment, appId, serviceName);
    const services = select(rule, named);
    if (services.length > 0) return { kind: 'found', services };
    if (named.length > 0 && rule.kind !== 'exact') return { kind: 'noVersion' };
    const aliased = this.#services.byAlias(tenant, environment, appId, serviceName);
    const byAlias = select(rule, aliased);
    if (byAlias.length > 0) return { kind: 'found', services: byAlias };
    return { kind: named.length + aliased.length > 0 ? 'noVersion' : 'unknown' };
  }
}

function select(
  rule: VersionRule,
  records: readonly ResourceRecord<'SERVICE'>[],
): readonly ResourceRecord<'SERVICE'>[] {
  if (records.length === 0) return records;
  const candidates = records.map((record) => ({ version: record.value.version, record }));
  return selectVersions(rule, candidates).map(({ record }) => record);
}
