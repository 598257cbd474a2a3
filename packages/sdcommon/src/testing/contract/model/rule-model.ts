import type { ErrorName } from '../../../model/error-table.ts';
import type { ServiceRule } from '../../../model/service-rule.ts';

/** The rules of one service, oldest first. */
export type ModelRules = readonly ServiceRule[];

/** Adds rules; what is known by attribute and pattern is left out. */
export function addRules(
  known: ModelRules,
  rules: readonly ServiceRule[],
  quota: number,
): ModelRules | ErrorName {
  if (known.length + rules.length > quota) return 'notEnoughQuota';
  if (new Set([...known, ...rules].map(({ ruleType }) => ruleType)).size > 1) {
    return 'blackAndWhiteRule';
  }
  const all = [...known];
  for (const rule of rules) if (!all.some((other) => isSame(other, rule))) all.push(rule);
  return all;
}

/** Changes one rule; its id and creation time stay. */
export function updateRule(
  known: ModelRules,
  { ruleId, ...change }: ServiceRule,
): ModelRules | ErrorName {
  if (known.some(({ ruleType }) => ruleType !== change.ruleType)) return 'modifyRuleNotAllowed';
  if (!known.some((rule) => rule.ruleId === ruleId)) return 'ruleNotExists';
  return known.map((rule) =>
    rule.ruleId === ruleId ? { ...change, ruleId, timestamp: rule.timestamp } : rule,
  );
}

/** Removes rules, all or none. */
export function deleteRules(known: ModelRules, ruleIds: readonly string[]): ModelRules | ErrorName {
  const isKnown = (ruleId: string): boolean => known.some((rule) => rule.ruleId === ruleId);
  if (!ruleIds.every(isKnown)) return 'ruleNotExists';
  return known.filter(({ ruleId }) => !ruleIds.includes(ruleId));
}

/** What a rule says, for a line of the model. */
export function ruleText({ ruleType, attribute, pattern, timestamp }: ServiceRule): string {
  return JSON.stringify([ruleType, attribute, pattern, timestamp]);
}

function isSame(left: ServiceRule, right: ServiceRule): boolean {
  return left.attribute === right.attribute && left.pattern === right.pattern;
}
