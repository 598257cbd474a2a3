import type { ServiceRule } from '../../model/service-rule.ts';

/** A complete rule; only what a test is about has to be given. */
export function sampleRule(given: Partial<ServiceRule> = {}): ServiceRule {
  return {
    ruleId: 'rule-1',
    ruleType: 'WHITE',
    attribute: 'AppId',
    pattern: '^shop$',
    description: '',
    timestamp: '1700000010',
    modTimestamp: '1700000010',
    ...given,
  };
}
