import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { Matcher, type MatcherRule, type Pattern } from './pattern.ts';

/** One point in which an answer is not what was expected. */
export interface Difference {
  /** Where: `status`, `header vary`, `$.instances[0].status`. */
  readonly at: string;
  readonly expected: string;
  readonly got: string;
}

/** Puts captured values into a text. */
export type Resolve = (text: string) => string;

/** Compares a JSON value with what it should be. */
export function differencesOf(
  pattern: Pattern,
  value: Json | undefined,
  resolve: Resolve,
  at = '$',
): Difference[] {
  if (pattern instanceof Matcher) return matcherDifferences(pattern.rule, value, resolve, at);
  if (typeof pattern === 'string') return scalarDifferences(resolve(pattern), value, at);
  if (typeof pattern !== 'object' || pattern === null) return scalarDifferences(pattern, value, at);
  if (isPatternArray(pattern)) {
    if (!isJsonArray(value)) return [difference(at, describe(pattern, resolve), value)];
    if (value.length !== pattern.length) {
      return [{ at, expected: describe(pattern, resolve), got: JSON.stringify(value) }];
    }
    return pattern.flatMap((item, index) =>
      differencesOf(item, value[index], resolve, `${at}[${index}]`),
    );
  }
  const inside = memberDifferences(pattern, value, resolve, at);
  if (!isJsonObject(value)) return inside;
  const expectedNames = new Set(Object.keys(pattern).map(resolve));
  const unexpected = Object.entries(value).filter(([name]) => !expectedNames.has(name));
  return [
    ...inside,
    ...unexpected.map(([name, member]) => ({
      at: `${at}.${name}`,
      expected: 'no such member',
      got: JSON.stringify(member),
    })),
  ];
}

function matcherDifferences(
  rule: MatcherRule,
  value: Json | undefined,
  resolve: Resolve,
  at: string,
): Difference[] {
  const wanted = describeRule(rule, resolve);
  switch (rule.kind) {
    case 'anything':
      return value === undefined ? [difference(at, wanted, value)] : [];
    case 'absent':
      return value === undefined ? [] : [difference(at, wanted, value)];
    case 'text':
      return typeof value === 'string' && rule.like.test(value)
        ? []
        : [difference(at, wanted, value)];
    case 'not':
      return value === undefined || JSON.stringify(value) === resolvedText(rule.value, resolve)
        ? [difference(at, wanted, value)]
        : [];
    case 'partial':
      return memberDifferences(rule.members, value, resolve, at);
    case 'set':
    case 'including':
      return collectionDifferences(rule, value, resolve, at);
  }
}

function collectionDifferences(
  rule: Extract<MatcherRule, { kind: 'set' | 'including' }>,
  value: Json | undefined,
  resolve: Resolve,
  at: string,
): Difference[] {
  if (!isJsonArray(value)) return [difference(at, describeRule(rule, resolve), value)];
  const left = [...value];
  const differences: Difference[] = [];
  for (const item of rule.items) {
    const index = left.findIndex((candidate) => matches(item, candidate, resolve));
    if (index >= 0) left.splice(index, 1);
    else differences.push({ at, expected: describe(item, resolve), got: JSON.stringify(value) });
  }
  if (rule.kind === 'set') {
    for (const item of left) {
      differences.push({ at, expected: 'no further item', got: JSON.stringify(item) });
    }
  }
  return differences;
}

function memberDifferences(
  members: Readonly<Record<string, Pattern>>,
  value: Json | undefined,
  resolve: Resolve,
  at: string,
): Difference[] {
  if (!isJsonObject(value)) return [difference(at, describe(members, resolve), value)];
  return Object.entries(members).flatMap(([template, member]) => {
    const name = resolve(template);
    const actual = Object.hasOwn(value, name) ? value[name] : undefined;
    return differencesOf(member, actual, resolve, `${at}.${name}`);
  });
}

function matches(pattern: Pattern, value: Json, resolve: Resolve): boolean {
  return differencesOf(pattern, value, resolve).length === 0;
}

function scalarDifferences(
  expected: string | number | boolean | null,
  value: Json | undefined,
  at: string,
): Difference[] {
  return expected === value ? [] : [difference(at, JSON.stringify(expected), value)];
}

function difference(at: string, expected: string, value: Json | undefined): Difference {
  return { at, expected, got: value === undefined ? 'nothing' : JSON.stringify(value) };
}

function isPatternArray(
  pattern: readonly Pattern[] | Readonly<Record<string, Pattern>>,
): pattern is readonly Pattern[] {
  return Array.isArray(pattern);
}

function resolvedText(value: Json, resolve: Resolve): string {
  return typeof value === 'string' ? JSON.stringify(resolve(value)) : JSON.stringify(value);
}

function describeRule(rule: MatcherRule, resolve: Resolve): string {
  switch (rule.kind) {
    case 'anything':
      return 'any value';
    case 'absent':
      return 'no such member';
    case 'text':
      return `a text like ${String(rule.like)}`;
    case 'not':
      return `anything but ${resolvedText(rule.value, resolve)}`;
    case 'partial':
      return `at least ${describe(rule.members, resolve)}`;
    case 'set':
      return `in any order ${describe(rule.items, resolve)}`;
    case 'including':
      return `among others ${describe(rule.items, resolve)}`;
  }
}

/** Says in words what a pattern demands. */
export function describe(pattern: Pattern, resolve: Resolve): string {
  if (pattern instanceof Matcher) return `<${describeRule(pattern.rule, resolve)}>`;
  if (typeof pattern === 'string') return JSON.stringify(resolve(pattern));
  if (typeof pattern !== 'object' || pattern === null) return JSON.stringify(pattern);
  if (isPatternArray(pattern)) {
    return `[${pattern.map((item) => describe(item, resolve)).join(',')}]`;
  }
  const members = Object.entries(pattern).map(
    ([name, member]) => `${JSON.stringify(resolve(name))}:${describe(member, resolve)}`,
  );
  return `{${members.join(',')}}`;
}
