import type { StringMap } from '@service-center/sdcommon';

import type { Pattern } from './pattern.ts';

/**
 * What a field has to satisfy (spec 01 §6). For a text `min` counts bytes and `max` code points, for a number both are
 * its range, for a list or map they count its elements; the pattern then holds for each element, key and value.
 */
export interface Rule {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: Pattern;
}

/** What a rule can be applied to. */
export type RuleValue = string | number | readonly string[] | StringMap;

/**
 * The part of a value that breaks a rule, in the reference's notation.
 *
 * @returns undefined when the value satisfies the rule
 */
export function findViolation(value: RuleValue, rule: Rule): string | undefined {
  if (typeof value === 'string') return isTextValid(value, rule) ? undefined : value;
  if (typeof value === 'number') return isWithin(value, rule) ? undefined : String(value);
  return isList(value) ? findInList(value, rule) : findInMap(value, rule);
}

/** `{Min: 1, Max: 160, Regexp: ...}`, without what the rule does not say. */
export function describeRule(rule: Rule): string {
  const parts: string[] = [];
  if (rule.min !== undefined && rule.min !== 0) parts.push(`Min: ${rule.min}`);
  if (rule.max !== undefined && rule.max !== 0) parts.push(`Max: ${rule.max}`);
  if (rule.pattern !== undefined) parts.push(`Regexp: ${rule.pattern.text}`);
  return `{${parts.join(', ')}}`;
}

function isTextValid(value: string, rule: Rule): boolean {
  if (rule.min !== undefined && Buffer.byteLength(value) < rule.min) return false;
  if (rule.max !== undefined && !hasAtMostCodePoints(value, rule.max)) return false;
  return rule.pattern === undefined || rule.pattern.test(value);
}

function hasAtMostCodePoints(value: string, max: number): boolean {
  if (value.length <= max) return true;
  // A code point takes at most two units, so a longer text needs no counting, however long it is.
  if (value.length > 2 * max) return false;
  return Array.from(value).length <= max;
}

function isWithin(value: number, rule: Rule): boolean {
  return value >= (rule.min ?? 0) && value <= (rule.max ?? Number.POSITIVE_INFINITY);
}

function findInList(list: readonly string[], rule: Rule): string | undefined {
  if (!isWithin(list.length, rule)) return `[${list.join(' ')}]`;
  const { pattern } = rule;
  return pattern === undefined ? undefined : list.find((element) => !pattern.test(element));
}

function findInMap(map: StringMap, rule: Rule): string | undefined {
  const entries = Object.entries(map);
  if (!isWithin(entries.length, rule)) {
    const keys = Object.keys(map).toSorted();
    return `map[${keys.map((key) => `${key}:${map[key] ?? ''}`).join(' ')}]`;
  }
  const { pattern } = rule;
  return pattern === undefined ? undefined : entries.flat().find((text) => !pattern.test(text));
}

function isList(value: readonly string[] | StringMap): value is readonly string[] {
  return Array.isArray(value);
}
