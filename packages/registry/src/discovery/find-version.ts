import { parseVersionRule, ServiceCenterError, type VersionRule } from '@service-center/sdcommon';

import { check, findVersionChecks } from '../validation/index.ts';

// A client encodes `0+` twice; after the usual decoding this is left (spec 04 §1.2).
const encodedPlus = /%2b/gi;

/**
 * Reads the version rule of a find (spec 00, decisions 1 and 7).
 *
 * @param text - as sent; `''` for every version
 * @param mode - `ignore`: whatever is sent means every version
 * @throws ServiceCenterError `invalidParameters`
 */
export function parseFindVersion(text: string, mode: 'apply' | 'ignore'): VersionRule {
  if (mode === 'ignore' || text === '') return { kind: 'any' };
  const decoded = text.replace(encodedPlus, '+');
  check(findVersionChecks, decoded);
  const rule = parseVersionRule(decoded);
  // The check above has made sure of it; the type does not know.
  if (rule === undefined) throw new ServiceCenterError('invalidParameters');
  return rule;
}

/** A text that is equal for equal rules. */
export function versionRuleId(rule: VersionRule): string {
  switch (rule.kind) {
    case 'any':
    case 'latest':
      return rule.kind;
    case 'exact':
      return `=${rule.version}`;
    case 'atLeast':
      return `${rule.from}+`;
    case 'range':
      return `${rule.from}-${rule.until}`;
  }
}
