import type { ServiceRule } from '@service-center/sdcommon';

import { check, type Checklist } from './checklist.ts';
import { patterns } from './pattern.ts';
import { rules, serviceIdCheck } from './shared-checks.ts';

// How many rules one request may add or delete, whatever the quota (spec 01 §6).
const maxRulesOfRequest = 100;

/** A rule as a client sends it. */
export type SentRule = Pick<ServiceRule, 'ruleType' | 'attribute' | 'pattern' | 'description'>;

/** The checks of one rule of a black or white list. */
export const ruleChecks: Checklist<SentRule> = [
  {
    field: 'AddOrUpdateServiceRule.RuleType',
    rule: { pattern: patterns.ruleType },
    value: ({ ruleType }) => ruleType,
  },
  {
    field: 'AddOrUpdateServiceRule.Attribute',
    rule: { pattern: patterns.ruleAttribute },
    value: ({ attribute }) => attribute,
  },
  {
    field: 'AddOrUpdateServiceRule.Pattern',
    rule: { min: 1, max: 64 },
    value: ({ pattern }) => pattern,
  },
  {
    field: 'AddOrUpdateServiceRule.Description',
    rule: { max: 256 },
    value: ({ description }) => description,
  },
];

/** The checks of adding rules, besides those of each rule. */
export const addRulesChecks: Checklist<{
  readonly serviceId: string;
  readonly rules: readonly SentRule[];
}> = [
  serviceIdCheck('AddServiceRulesRequest'),
  {
    field: 'AddServiceRulesRequest.Rules',
    rule: { min: 1, max: maxRulesOfRequest },
    value: (request) => request.rules.map(({ attribute, pattern }) => `${attribute}:${pattern}`),
  },
];

/** The checks of reading the rules of a service. */
export const getRulesChecks: Checklist<{ readonly serviceId: string }> = [
  serviceIdCheck('GetServiceRulesRequest'),
];

/** The checks of changing a rule, besides those of the rule itself. */
export const updateRuleChecks: Checklist<{
  readonly serviceId: string;
  readonly ruleId: string;
}> = [
  serviceIdCheck('UpdateServiceRuleRequest'),
  {
    field: 'UpdateServiceRuleRequest.RuleId',
    rule: rules.serviceId,
    value: ({ ruleId }) => ruleId,
  },
];

/** The checks of deleting rules. */
export const deleteRulesChecks: Checklist<{
  readonly serviceId: string;
  readonly ruleIds: readonly string[];
}> = [
  serviceIdCheck('DeleteServiceRulesRequest'),
  {
    field: 'DeleteServiceRulesRequest.RuleIds',
    rule: { min: 1, max: maxRulesOfRequest },
    value: ({ ruleIds }) => ruleIds,
  },
];

/**
 * Checks rules that are to be added (spec 01 §6).
 *
 * @throws ServiceCenterError `invalidParameters`
 */
export function checkRules(serviceId: string, sent: readonly SentRule[]): void {
  check(addRulesChecks, { serviceId, rules: sent });
  for (const rule of sent) check(ruleChecks, rule);
}
