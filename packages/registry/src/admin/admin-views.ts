import type { Aggregator } from '@service-center/aggregator';
import {
  defaultTenant,
  isSameTenant,
  ServiceCenterError,
  type Resource,
  type ResourceType,
} from '@service-center/sdcommon';

import type { FoundPushes, PushTrace } from '../push-trace/index.ts';
import type { RequestScope } from '../request-scope.ts';
import { check, listPushesChecks, type ListPushesQuery } from '../validation/index.ts';

/** What {@link AdminViews} work with. */
export interface AdminViewsOptions {
  readonly aggregator: Pick<Aggregator, 'cache'>;
  /** What the store's cluster is called. */
  readonly clusterName: string;
  /** Where the store is reached; the embedded one is reached through this server. */
  readonly clusterEndpoints: () => readonly string[];
  readonly pushTrace: Pick<PushTrace, 'find'>;
}

const defaultPushLimit = 100;

/** The members of a dump, in their order, and what is in each (spec 01 §4.11 #46). */
const dumpMembers = [
  ['services', 'SERVICE'],
  ['serviceIndexes', 'SERVICE_INDEX'],
  ['serviceAliases', 'SERVICE_ALIAS'],
  ['serviceTags', 'SERVICE_TAG'],
  ['serviceRules', 'RULE'],
  ['serviceRuleIndexes', 'RULE_INDEX'],
  ['dependencyRules', 'DEPENDENCY_RULE'],
  ['summaries', 'SCHEMA_SUMMARY'],
  ['instances', 'INSTANCE'],
] as const satisfies readonly (readonly [string, ResourceType])[];

/** A cached record as a dump shows it. */
export interface DumpRecord {
  readonly key: string;
  readonly modRevision: bigint;
  readonly value: Resource['value'];
  readonly encoded: string;
}

/** One member of a dump. */
export interface DumpMember {
  readonly name: (typeof dumpMembers)[number][0];
  readonly records: readonly DumpRecord[];
}

/** What operators look at (spec 01 §4.11). */
export class AdminViews {
  readonly #options: AdminViewsOptions;

  constructor(options: AdminViewsOptions) {
    this.#options = options;
  }

  /** What the store's cluster is called. */
  get clusterName(): string {
    return this.#options.clusterName;
  }

  /** Where each cluster's store is reached. */
  clusters(): ReadonlyMap<string, readonly string[]> {
    return new Map([[this.#options.clusterName, this.#options.clusterEndpoints()]]);
  }

  /**
   * Refuses a dump to everybody but the operator's tenant: it shows all tenants.
   *
   * @throws ServiceCenterError `forbidden`
   */
  assertDumpAllowed({ tenant }: RequestScope): void {
    if (isSameTenant(tenant, defaultTenant)) return;
    throw new ServiceCenterError('forbidden', 'Required admin permission');
  }

  /**
   * What this server has pushed to whom lately, of the services of the caller's tenant; the newest first.
   *
   * @throws ServiceCenterError `invalidParameters`
   */
  async pushes({ tenant }: RequestScope, query: ListPushesQuery): Promise<FoundPushes> {
    check(listPushesChecks, query);
    const { serviceId, instanceId, subscriber, limit } = query;
    return this.#options.pushTrace.find({
      tenant,
      serviceId: serviceId === '' ? undefined : serviceId,
      instanceId: instanceId === '' ? undefined : instanceId,
      subscriber: subscriber === '' ? undefined : subscriber,
      limit: limit === '' ? defaultPushLimit : Number(limit),
    });
  }

  /**
   * Everything in the caches, of all tenants.
   *
   * @throws ServiceCenterError `forbidden`
   */
  dump(scope: RequestScope): readonly DumpMember[] {
    this.assertDumpAllowed(scope);
    return dumpMembers.map(([name, type]) => ({
      name,
      records: [...this.#options.aggregator.cache(type).values()],
    }));
  }
}
