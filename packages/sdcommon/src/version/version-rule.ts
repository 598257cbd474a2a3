import { compareNewestFirst, isVersionInRange, versionNumber } from './version-number.ts';

/** A parsed version rule: which versions of a provider a consumer accepts (spec 04 §1.6). */
export type VersionRule =
  | { readonly kind: 'any' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'exact'; readonly version: string }
  | { readonly kind: 'atLeast'; readonly from: bigint }
  | { readonly kind: 'range'; readonly from: bigint; readonly until: bigint };

const exactPattern = /^\d+(\.\d+){0,3}$/;
const atLeastPattern = /^(\d+(?:\.\d+){0,3})\+$/;
const rangePattern = /^(\d+(?:\.\d+){0,3})-(\d+(?:\.\d+){0,3})$/;

/**
 * Parses `''` (every version), `latest`, `1.0.0`, `1.0.0+` or `1.0.0-2.0.0`.
 * The bounds of a range are put in order; its end does not belong to it.
 *
 * @returns undefined when the text is none of these, or a part is over 32767
 */
export function parseVersionRule(text: string): VersionRule | undefined {
  if (text === '') return { kind: 'any' };
  if (text === 'latest') return { kind: 'latest' };
  if (exactPattern.test(text)) {
    return isVersionInRange(text) ? { kind: 'exact', version: text } : undefined;
  }
  const atLeast = atLeastPattern.exec(text)?.[1];
  if (atLeast !== undefined) {
    return isVersionInRange(atLeast)
      ? { kind: 'atLeast', from: versionNumber(atLeast) }
      : undefined;
  }
  const [, start, end] = rangePattern.exec(text) ?? [];
  if (start === undefined || end === undefined) return undefined;
  if (!isVersionInRange(start) || !isVersionInRange(end)) return undefined;
  const first = versionNumber(start);
  const second = versionNumber(end);
  return first <= second
    ? { kind: 'range', from: first, until: second }
    : { kind: 'range', from: second, until: first };
}

/**
 * Picks what a rule accepts, newest first.
 *
 * @param candidates - anything that has a version
 */
export function selectVersions<T extends { readonly version: string }>(
  rule: VersionRule,
  candidates: Iterable<T>,
): T[] {
  const sorted = [...candidates].toSorted((left, right) =>
    compareNewestFirst(left.version, right.version),
  );
  return rule.kind === 'latest'
    ? sorted.slice(0, 1)
    : sorted.filter((candidate) => satisfiesRule(rule, candidate.version));
}

function satisfiesRule(rule: Exclude<VersionRule, { kind: 'latest' }>, version: string): boolean {
  switch (rule.kind) {
    case 'any':
      return true;
    case 'exact':
      return version === rule.version;
    case 'atLeast':
      return versionNumber(version) >= rule.from;
    case 'range': {
      const number = versionNumber(version);
      return number >= rule.from && number < rule.until;
    }
  }
}
