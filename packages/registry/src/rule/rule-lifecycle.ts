import type { Aggregator } from '@service-center/aggregator';
import {
  ServiceCenterError,
  unixSeconds,
  type Clock,
  type ResourceRecord,
  type RuleRepository,
} from '@service-center/sdcommon';

import { notEnoughQuota, type Quota } from '../quota/quota.ts';
import type { CacheFreshness } from '../read/index.ts';
import type { RequestScope } from '../request-scope.ts';
import { randomId } from '../service/random-id.ts';
import {
  check,
  checkRules,
  deleteRulesChecks,
  getRulesChecks,
  ruleChecks,
  updateRuleChecks,
  type SentRule,
} from '../validation/index.ts';
import { withDetail, type WriteBarrier } from '../write/index.ts';

/** What a {@link RuleLifecycle} works with. */
export interface RuleLifecycleOptions {
  readonly repository: RuleRepository;
  readonly aggregator: Pick<Aggregator, 'services' | 'rules'>;
  readonly freshness: CacheFreshness;
  readonly barrier: WriteBarrier;
  readonly clock: Clock;
  readonly quota: Quota;
}

const serviceMissing = { serviceNotExists: 'Service does not exist.' } as const;
const ruleMissing = { ruleNotExists: 'This rule does not exist.' } as const;

/** The black and white lists of services (spec 04 §3.7, spec 01 §4.5). */
export class RuleLifecycle {
  readonly #options: RuleLifecycleOptions;

  constructor(options: RuleLifecycleOptions) {
    this.#options = options;
  }

  /**
   * Adds rules to the list of a service. Those whose attribute and pattern it has already are skipped.
   *
   * @returns the ids of the new rules
   * @throws ServiceCenterError in this order: `invalidParameters`, also for a service that is not registered (spec 00,
   *   decision 8); `notEnoughQuota`; `blackAndWhiteRule`
   */
  async add(
    scope: RequestScope,
    serviceId: string,
    sent: readonly SentRule[],
  ): Promise<readonly string[]> {
    checkRules(serviceId, sent);
    const { repository, barrier, clock, quota, aggregator } = this.#options;
    const now = unixSeconds(clock);
    const rules = sent.map((rule) => ({
      ...rule,
      ruleId: randomId(),
      timestamp: now,
      modTimestamp: now,
    }));
    const limit = quota.ruleLimit;
    const count = aggregator.rules.ofService(scope.tenant, serviceId).length;
    const write = withDetail(repository.add(scope.tenant, serviceId, rules, limit), {
      notEnoughQuota: notEnoughQuota('RULE', limit, count, sent.length).detail,
      blackAndWhiteRule: 'Service can only contain one rule type, BLACK or WHITE.',
    });
    try {
      return (await barrier.passed(write)).ruleIds;
    } catch (cause) {
      if (!ServiceCenterError.is(cause, 'serviceNotExists')) throw cause;
      throw new ServiceCenterError('invalidParameters', serviceMissing.serviceNotExists, { cause });
    }
  }

  /**
   * Reads the list of a service, in the order in which it was made.
   *
   * @throws ServiceCenterError `serviceNotExists`, `invalidParameters`
   */
  async list(scope: RequestScope, serviceId: string): Promise<readonly ResourceRecord<'RULE'>[]> {
    check(getRulesChecks, { serviceId });
    const { aggregator, freshness } = this.#options;
    await freshness.refresh(scope);
    if (aggregator.services.get(scope.tenant, serviceId) === undefined) {
      throw new ServiceCenterError('serviceNotExists', serviceMissing.serviceNotExists);
    }
    return aggregator.rules.ofService(scope.tenant, serviceId);
  }

  /**
   * Changes one rule; its type stays that of the list.
   *
   * @throws ServiceCenterError in this order: `invalidParameters`, `serviceNotExists`, `modifyRuleNotAllowed`,
   *   `ruleNotExists`
   */
  async update(
    scope: RequestScope,
    serviceId: string,
    ruleId: string,
    rule: SentRule,
  ): Promise<void> {
    check(updateRuleChecks, { serviceId, ruleId });
    check(ruleChecks, rule);
    const { repository, barrier, clock, aggregator } = this.#options;
    const listType = aggregator.rules.ofService(scope.tenant, serviceId)[0]?.value.ruleType ?? '';
    const { ruleType, attribute, pattern, description } = rule;
    const change = { ruleType, attribute, pattern, description, modTimestamp: unixSeconds(clock) };
    const write = repository.update(scope.tenant, serviceId, ruleId, change);
    await barrier.passed(
      withDetail(write, {
        ...serviceMissing,
        ...ruleMissing,
        modifyRuleNotAllowed: `Exist multiple rules,can not change rule type. Rule type is ${listType}`,
      }),
    );
  }

  /**
   * Removes rules, all or none.
   *
   * @param ruleIds - joined by commas, as in the path
   * @throws ServiceCenterError `serviceNotExists`, `ruleNotExists`, `invalidParameters`
   */
  async delete(scope: RequestScope, serviceId: string, ruleIds: string): Promise<void> {
    const distinct = [...new Set(ruleIds.split(','))];
    check(deleteRulesChecks, { serviceId, ruleIds: distinct });
    const { repository, barrier } = this.#options;
    const write = repository.delete(scope.tenant, serviceId, distinct);
    await barrier.passed(withDetail(write, { ...serviceMissing, ...ruleMissing }));
  }
}
