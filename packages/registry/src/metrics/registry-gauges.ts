import type { Aggregator } from '@service-center/aggregator';
import type {
  Gauge,
  MetricFamily,
  MetricRegistry,
  MicroService,
  Tenant,
} from '@service-center/sdcommon';

import type { Quota } from '../quota/quota.ts';
import type { SharedServices } from '../service/shared-services.ts';

/** What {@link RegistryGauges} work with. */
export interface RegistryGaugesOptions {
  readonly metrics: MetricRegistry;
  readonly aggregator: Pick<Aggregator, 'cache' | 'instances' | 'schemas'>;
  readonly quota: Quota;
  readonly sharedServices: SharedServices;
}

// Labels come from clients; what goes over this many combinations counts under one name for all of them.
const maxSeries = 1000;
const unknownFramework = 'UNKNOWN';
const restLabel = '_other';

/**
 * How much is registered (spec 05 §8). Counted anew from the caches whenever somebody looks, so the numbers cannot
 * drift; shared services do not count.
 */
export class RegistryGauges {
  readonly #options: RegistryGaugesOptions;
  readonly #domains: Gauge;
  readonly #services: MetricFamily<Gauge>;
  readonly #instances: MetricFamily<Gauge>;
  readonly #schemas: MetricFamily<Gauge>;
  readonly #frameworks: MetricFamily<Gauge>;
  readonly #serviceUsage: Gauge;
  readonly #instanceUsage: Gauge;
  readonly #stopCollecting: () => void;

  constructor(options: RegistryGaugesOptions) {
    this.#options = options;
    const { metrics } = options;
    // Every process of a server has the whole registry in its caches.
    const combine = 'max';
    const ofFramework = ['framework', 'frameworkVersion', 'domain', 'project'];
    this.#domains = metrics.gauge({ name: 'db_domain_total', help: 'Domains', combine }).labels();
    this.#services = metrics.gauge({
      name: 'db_service_total',
      help: 'Registered services',
      labelNames: ofFramework,
      combine,
    });
    this.#instances = metrics.gauge({
      name: 'db_instance_total',
      help: 'Registered instances',
      labelNames: ofFramework,
      combine,
    });
    this.#schemas = metrics.gauge({
      name: 'db_schema_total',
      help: 'Stored schemas',
      labelNames: ['domain', 'project'],
      combine,
    });
    this.#frameworks = metrics.gauge({
      name: 'db_framework_total',
      help: '1 for each framework in use',
      labelNames: ofFramework,
      combine,
    });
    this.#serviceUsage = metrics
      .gauge({ name: 'db_service_usage', help: 'Largest used share of a service quota', combine })
      .labels();
    this.#instanceUsage = metrics
      .gauge({
        name: 'db_instance_usage',
        help: 'Largest used share of an instance quota',
        combine,
      })
      .labels();
    metrics
      .gauge({ name: 'db_sc_total', help: '1 for each running server', combine })
      .labels()
      .set(1);
    this.#stopCollecting = metrics.onCollect(() => {
      this.#collect();
    });
  }

  /** Counts no more. */
  close(): void {
    this.#stopCollecting();
  }

  #collect(): void {
    const { aggregator, quota, sharedServices } = this.#options;
    const services = new SeriesCounts();
    const instances = new SeriesCounts();
    const schemas = new SeriesCounts();
    const tenants = new Map<string, Tenant>();
    for (const { identity, value } of aggregator.cache('SERVICE').values()) {
      const { tenant, serviceId } = identity;
      if (sharedServices.isSharedService(tenant, value)) continue;
      tenants.set(`${tenant.domain}/${tenant.project}`, tenant);
      const labels = frameworkLabels(tenant, value);
      services.add(labels, 1);
      instances.add(labels, aggregator.instances.countOf(tenant, serviceId));
      const stored = aggregator.schemas.references.ofService(tenant, serviceId).size;
      schemas.add([tenant.domain, tenant.project], stored);
    }
    this.#domains.set(aggregator.cache('DOMAIN').size);
    services.set(this.#services);
    instances.set(this.#instances);
    schemas.set(this.#schemas);
    services.set(this.#frameworks, 1);
    const largest = (kind: 'SERVICE' | 'INSTANCE'): number =>
      [...tenants.values()].reduce((max, tenant) => Math.max(max, quota.used(kind, tenant)), 0);
    this.#serviceUsage.set(largest('SERVICE'));
    this.#instanceUsage.set(largest('INSTANCE'));
  }
}

/** Counts by label values, for a bounded number of combinations. */
class SeriesCounts {
  readonly #counts = new Map<string, { readonly labels: readonly string[]; count: number }>();

  add(labels: readonly string[], by: number): void {
    const id = labels.join('\0');
    const known = this.#counts.get(id);
    if (known !== undefined) known.count += by;
    else if (this.#counts.size < maxSeries) this.#counts.set(id, { labels, count: by });
    else this.#addToRest(labels.length, by);
  }

  /** Makes a family show the counts, or one value in their place. */
  set(family: MetricFamily<Gauge>, value?: number): void {
    family.reset();
    for (const { labels, count } of this.#counts.values()) {
      family.labels(...labels).set(value ?? count);
    }
  }

  #addToRest(labelCount: number, by: number): void {
    const rest = this.#counts.get(restLabel);
    if (rest !== undefined) rest.count += by;
    else {
      const labels = Array.from({ length: labelCount }, () => restLabel);
      this.#counts.set(restLabel, { labels, count: by });
    }
  }
}

function frameworkLabels(tenant: Tenant, { framework }: MicroService): readonly string[] {
  const name = framework?.name || unknownFramework;
  const version = framework?.version || unknownFramework;
  return [name, version, tenant.domain, tenant.project];
}
