import type { ServiceRule } from '../model/service-rule.ts';
import type { Tenant } from '../model/tenant.ts';
import type { ResourceRecord } from '../source/resource.ts';
import type { Written } from './written.ts';

/** Rules that were added. */
export interface AddedRules extends Written {
  /** The ids of those that are new, in the order of the request; empty when all were there already. */
  readonly ruleIds: readonly string[];
}

/** What an update sets; id and creation time stay. */
export type RuleChange = Omit<ServiceRule, 'ruleId' | 'timestamp'>;

/**
 * The black and white lists of services (spec 02 §1.3, spec 04 §3.7, spec 01 §4.5).
 *
 * All rules of a service have one type, and there are no more of them than the quota, whoever writes at once.
 */
export interface RuleRepository {
  /**
   * Adds rules, all or none. One whose attribute and pattern the service has already, or that repeats an earlier one of
   * the request, is skipped, whatever its description.
   *
   * @param rules - complete with new ids and times
   * @param quota - how many rules the service may have; the skipped ones of the request count, too
   * @throws ServiceCenterError in this order: `serviceNotExists`; `notEnoughQuota`; `blackAndWhiteRule` when the types
   *   differ from each other or from those of the stored rules
   */
  add(
    tenant: Tenant,
    serviceId: string,
    rules: readonly ServiceRule[],
    quota: number,
  ): Promise<AddedRules>;
  /**
   * Changes one rule. Two rules may have the same attribute and pattern afterwards.
   *
   * @throws ServiceCenterError in this order: `serviceNotExists`; `modifyRuleNotAllowed` when the service has rules, and
   *   of another type than the given one; `ruleNotExists`
   */
  update(tenant: Tenant, serviceId: string, ruleId: string, change: RuleChange): Promise<Written>;
  /** Removes rules, all or none. @throws ServiceCenterError `serviceNotExists`, `ruleNotExists` */
  delete(tenant: Tenant, serviceId: string, ruleIds: readonly string[]): Promise<Written>;
  /** Reads the rules of a service from the store: oldest first, those added together by their ids. */
  list(tenant: Tenant, serviceId: string): Promise<readonly ResourceRecord<'RULE'>[]>;
}
