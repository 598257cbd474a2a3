import { ServiceCenterError } from '@service-center/sdcommon';

import { describeRule, findViolation, type Rule, type RuleValue } from './rule.ts';

/** One line of a {@link Checklist}. */
export interface Check<T> {
  /** The field, as the error's detail names it, such as `MicroService.AppId`. */
  readonly field: string;
  readonly rule: Rule;
  /** The field's value; undefined where there is none to check. */
  readonly value: (request: T) => RuleValue | undefined;
}

/** The checks of one kind of request, in the order in which they are made. */
export type Checklist<T> = readonly Check<T>[];

/**
 * Applies a checklist (spec 01 §6).
 *
 * @throws ServiceCenterError `invalidParameters` for the first check that fails
 */
export function check<T>(checklist: Checklist<T>, request: T): void {
  for (const { field, rule, value } of checklist) {
    const checked = value(request);
    if (checked === undefined) continue;
    const violation = findViolation(checked, rule);
    if (violation !== undefined) throw invalidField(field, violation, rule);
  }
}

/**
 * Takes a part of a request that has to be there.
 *
 * @throws ServiceCenterError `invalidParameters` when it is missing
 */
export function required<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw invalidField(field, '<nil>', { min: 1 });
  return value;
}

/** The error of a field that breaks its rule. */
export function invalidField(field: string, value: string, rule: Rule): ServiceCenterError {
  return new ServiceCenterError(
    'invalidParameters',
    `field '${field}' invalid value '${value}' does not match rule: ${describeRule(rule)}`,
  );
}
